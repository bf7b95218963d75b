import type { Context } from '../context.js';

/** What is kept of a browser before and around its login, in a signed cookie of its own: no secrets of ours. */
export interface VisitorState {
  /** What CSRF tokens are bound to while nobody is logged in. */
  csrf?: string;
}

/**
 * The visitor's state. What is changed of it goes into the cookie when the request is answered, but not under
 * `/api/v1`, where it can only be read.
 */
export function visitorOf(ctx: Context): VisitorState {
  ctx['session'] ??= {};
  return ctx['session'] as VisitorState;
}
