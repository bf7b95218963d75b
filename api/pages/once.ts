import { hash } from 'node:crypto';
import type { RouterMiddleware } from '@koa/router';
import { LRUCache } from 'lru-cache';
import { currentTime } from '../../models/base.js';
import { readForm } from '../body.js';
import type { State, ViewContext } from '../context.js';

/** Milliseconds for which an answer is kept: by then a double click is over. */
const KEPT = 5000;
const MOST = 1000;
/** What an answer to a form says besides what every answer does. */
const HEADERS = ['Content-Type', 'Location', 'Retry-After', 'Set-Cookie'];

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: readonly (readonly [name: string, value: string | string[]])[];
  /** What is known of the visitor from then on. */
  readonly visitor: unknown;
  /** What the logs know of the request. */
  readonly state: Partial<State>;
}

/**
 * Does what a form asks for once when it is sent twice, as a double click does, and gives both the same answer: the
 * browser has thrown the first away, and with it the cookie that a login or a new password brings.
 *
 * A form is the same when all of it is, its token too, which no two pages have in common, and when all cookies are: so
 * nobody is given an answer that was not meant for them.
 */
export function once(): RouterMiddleware<State> {
  const answers = new LRUCache<string, Promise<Answer>>({
    max: MOST,
    ttl: KEPT,
    ttlResolution: 0,
    perf: { now: currentTime },
  });
  return async (ctx, next) => {
    const key = keyOf(ctx, await readForm(ctx));
    const first = answers.get(key);
    if (first) return repeat(ctx, await first);
    const answer = next().then(() => answerOf(ctx));
    answers.set(key, answer);
    // What was refused is worth trying again, and a whole page.
    const isDone = await answer.then(({ status }) => status === 303).finally(() => answers.delete(key));
    if (isDone) answers.set(key, answer);
  };
}

/** A digest, because what people type is not to be kept. */
function keyOf({ path, headers }: ViewContext, fields: object): string {
  return hash('sha256', JSON.stringify([path, headers.cookie, fields]), 'base64url');
}

function answerOf(ctx: ViewContext): Answer {
  const { status, body, res } = ctx;
  const headers = HEADERS.flatMap((name) => {
    const value = res.getHeader(name);
    // A copy of a list: the visitor's cookie is still put into it, which is for each answer to do.
    return value === undefined ? [] : [[name, Array.isArray(value) ? [...value] : String(value)] as const];
  });
  const { requestId: _, ...state } = ctx.state;
  return { status, body, headers, state, visitor: JSON.parse(JSON.stringify(ctx['session'])) };
}

function repeat(ctx: ViewContext, { status, body, headers, visitor, state }: Answer): void {
  Object.assign(ctx.state, state);
  ctx.status = status;
  ctx.body = body;
  for (const [name, value] of headers) ctx.set(name, value);
  ctx['session'] = visitor;
}
