import type { Logger } from 'pino';
import type { Context, Middleware } from '../context.js';
import { ApiError } from '../errors.js';
import { refusalOf } from '../services/refusal.js';
import { StorageUnavailableError } from '../../models/engine/storage_engine.js';

export interface ErrorHandlerOptions {
  readonly log: Logger;
  /** What a 401 offers in `WWW-Authenticate`, or null. */
  readonly challenge: string | null;
  /** The same as a page (HTML) for people; null where the client gets JSON. */
  readonly page?: (ctx: Context, answer: ApiError) => Promise<string | null>;
  /** Told of each 401 and 403 before it is sent. */
  readonly onDenied: (ctx: Context) => Promise<void>;
}

/**
 * The one place that writes error answers: JSON with `error`, or a page for people, never a stack trace. What nobody
 * foresaw is a plain 500 outside and one line with the request id in the log.
 */
export function errorHandler(options: ErrorHandlerOptions): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status < 400) return;
      if (ctx.body === undefined || ctx.body === null) await write(ctx, new ApiError(ctx.status), options);
    } catch (error) {
      const answer = refusalOf(error);
      if (answer.status >= 500) logFailure(options.log, ctx, answer.status, error);
      await write(ctx, answer, options);
    }
    // A page has a form of its own: with a challenge the browser would ask in a window before showing it.
    if (ctx.status === 401 && options.challenge !== null && !ctx.response.is('html'))
      ctx.set('WWW-Authenticate', options.challenge);
    if (ctx.status === 401 || ctx.status === 403) await options.onDenied(ctx);
  };
}

async function write(ctx: Context, answer: ApiError, options: ErrorHandlerOptions): Promise<void> {
  const page = await pageOf(ctx, answer, options);
  ctx.status = answer.status;
  ctx.set(answer.headers);
  if (page !== null) ctx.type = 'html';
  ctx.body = page ?? { error: answer.message };
}

/** A page that fails is told in JSON. */
async function pageOf(ctx: Context, answer: ApiError, options: ErrorHandlerOptions): Promise<string | null> {
  try {
    return (await options.page?.(ctx, answer)) ?? null;
  } catch (error) {
    logFailure(options.log, ctx, 500, error);
    return null;
  }
}

/** Of a store that is away the store itself warns, once: a line for each request would drown it. */
function logFailure(log: Logger, ctx: Context, status: number, error: unknown): void {
  const { requestId } = ctx.state;
  if (error instanceof StorageUnavailableError || error instanceof ApiError)
    log.debug({ requestId, reason: error.message }, 'could not answer');
  else if (status === 503) log.warn({ requestId, reason: (error as Error).message }, 'could not answer');
  else log.error({ requestId, err: error }, 'unexpected error');
}
