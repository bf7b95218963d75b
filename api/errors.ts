/** The texts of statuses that need no more words. */
const TEXTS: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'Request timeout',
  413: 'Request body too large',
  415: 'Unsupported media type',
  417: 'Expectation failed',
  429: 'Too many requests',
  431: 'Request header too large',
  503: 'Service unavailable',
};

/** What an error answer says when nobody said it better. */
export function statusText(status: number): string {
  return TEXTS[status] ?? (status < 500 ? 'Bad request' : 'Internal server error');
}

/** An answer that refuses a request. Views throw it; the error handler alone writes it, as `{"error": message}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Headers the answer needs, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message = statusText(status), headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}
