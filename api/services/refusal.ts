import { StorageUnavailableError } from '../../models/engine/storage_engine.js';
import { HashQueueFullError, UnusablePasswordError } from '../../models/password.js';
import { ApiError } from '../errors.js';
import { LastAdminError } from './accounts.js';
import { TooManyAttemptsError } from './throttle.js';

/** The answer that an error stands for; what nobody foresaw is a plain 500. */
export function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof UnusablePasswordError) return new ApiError(400, error.message);
  if (error instanceof LastAdminError) return new ApiError(409, { code: 'last_admin', text: error.message });
  if (error instanceof TooManyAttemptsError) return tooManyAttempts(error);
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

function tooManyAttempts({ message: text, retryAfter: limit }: TooManyAttemptsError): ApiError {
  return new ApiError(429, { code: 'too_many_attempts', text, limit }, { 'Retry-After': String(limit) });
}
