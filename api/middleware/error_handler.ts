import type { Logger } from 'pino';
import { StorageUnavailableError } from '../../models/engine/storage_engine.js';
import { HashQueueFullError, UnusablePasswordError } from '../../models/password.js';
import { LastAdminError } from '../services/accounts.js';
import { TooManyAttemptsError } from '../services/throttle.js';
import type { Context, Middleware } from '../context.js';
import { ApiError } from '../errors.js';

export interface ErrorHandlerOptions {
  readonly log: Logger;
  /** What a 401 offers in `WWW-Authenticate`, or null. */
  readonly challenge: string | null;
}

/**
 * The one place that writes error answers: always JSON with `error`, never a stack trace. What nobody foresaw is a
 * plain 500 outside and one line with the request id in the log.
 */
export function errorHandler(options: ErrorHandlerOptions): Middleware {
  return async (ctx, next) => {
    try {
      await next();
      if (ctx.status >= 400 && (ctx.body === undefined || ctx.body === null))
        write(ctx, new ApiError(ctx.status));
    } catch (error) {
      const answer = answerTo(error);
      if (answer.status >= 500) logFailure(options.log, ctx, answer.status, error);
      write(ctx, answer);
    }
    if (ctx.status === 401 && options.challenge !== null) ctx.set('WWW-Authenticate', options.challenge);
  };
}

function write(ctx: Context, answer: ApiError): void {
  ctx.status = answer.status;
  ctx.set(answer.headers);
  ctx.body = { error: answer.message };
}

function answerTo(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof UnusablePasswordError) return new ApiError(400, error.message);
  if (error instanceof LastAdminError) return new ApiError(409, error.message);
  if (error instanceof TooManyAttemptsError)
    return new ApiError(429, error.message, { 'Retry-After': String(error.retryAfter) });
  if (error instanceof HashQueueFullError) {
    return new ApiError(503, error.message, { 'Retry-After': String(Math.max(1, error.retryAfter)) });
  }
  if (error instanceof StorageUnavailableError) {
    return new ApiError(503, 'storage is not available', { 'Retry-After': '5' });
  }
  // What Koa and its packages throw for bad requests carries a status below 500.
  const status = error instanceof Error && 'status' in error ? Number(error.status) : 500;
  return new ApiError(status >= 400 && status < 500 ? status : 500);
}

function logFailure(log: Logger, ctx: Context, status: number, error: unknown): void {
  const { requestId } = ctx.state;
  if (status === 503) log.warn({ requestId, reason: (error as Error).message }, 'could not answer');
  else log.error({ requestId, err: error }, 'unexpected error');
}
