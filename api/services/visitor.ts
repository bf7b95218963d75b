import { randomBytes } from 'node:crypto';
import type { Context } from '../context.js';
import { safeNext } from './next_path.js';

const SECRET_BYTES = 16;

/**
 * What is kept of a browser before and around its login, in a signed cookie of its own: no secrets of ours, and
 * nothing about who is logged in.
 */
export interface VisitorState {
  /** What CSRF tokens are bound to while nobody is logged in. */
  csrf?: string;
  /** The name of what the next page says once; never a text, which somebody else could have put in. */
  notice?: string;
  /** Where to go after login. */
  next?: string;
}

/**
 * The visitor's state. What is changed of it goes into the cookie when the request is answered, but not under
 * `/api/v1`, where it can only be read.
 */
export function visitorOf(ctx: Context): VisitorState {
  ctx['session'] ??= {};
  return ctx['session'] as VisitorState;
}

/** What tokens of this visitor are bound to; made when there is none yet. */
export function visitorSecretOf(ctx: Context): string {
  return (visitorOf(ctx).csrf ??= newSecret());
}

/**
 * Forgets what is known of the visitor, at a login: whoever could see or plant the cookie before it must be able to
 * do nothing with it afterwards. A client without the cookie gets none.
 */
export function renewVisitor(ctx: Context): void {
  const { csrf, notice, next } = visitorOf(ctx);
  if (csrf !== undefined || notice !== undefined || next !== undefined)
    ctx['session'] = { csrf: newSecret() } satisfies VisitorState;
}

/** Has the next page say something. */
export function leaveNotice(ctx: Context, notice: string): void {
  visitorOf(ctx).notice = notice;
}

/** What a page is to say, which it then is no more. */
export function takeNotice(ctx: Context): string | null {
  return take(ctx, 'notice');
}

/** Remembers where to go after login: a path of our own, whatever it is told. */
export function rememberNext(ctx: Context, next: unknown): void {
  visitorOf(ctx).next = safeNext(next);
}

/** Where to go after login, which is forgotten; `/` where nothing was remembered. */
export function takeNext(ctx: Context): string {
  return safeNext(take(ctx, 'next') ?? '/');
}

function take(ctx: Context, name: 'notice' | 'next'): string | null {
  const state = visitorOf(ctx);
  const value = state[name] ?? null;
  delete state[name];
  // Nothing left: the browser need not keep the cookie.
  if (value !== null && state.csrf === undefined && state.notice === undefined && state.next === undefined)
    ctx['session'] = null;
  return value;
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}
