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

/** Every refusal that people may meet on a page, by a name that stays when its words change. */
export const PROBLEM_CODES = [
  'email_shape',
  'email_too_long',
  'email_taken',
  'password_too_short',
  'password_too_long',
  'password_common',
  'password_has_email',
  'password_has_service',
  'password_has_host',
  'password_wrong',
  'login_failed',
  'reset_gone',
  'not_fresh',
  'last_admin',
  'registration_closed',
  'too_many_attempts',
  'form_token',
  'other_site',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** Why something is refused: `text` is what API answers say, the rest is for pages in other languages. */
export interface Problem {
  readonly code: ProblemCode;
  readonly text: string;
  /** The number that a sentence about it needs: characters, bytes or seconds. */
  readonly limit?: number;
}

/** An answer that refuses a request. Views throw it; the error handler alone writes it, as `{"error": message}`. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  /** Why, where pages have words of their own for it. */
  readonly problem: Problem | null;
  /** Headers the answer needs, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    reason: string | Problem = statusText(status),
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(typeof reason === 'string' ? reason : reason.text);
    this.status = status;
    this.problem = typeof reason === 'string' ? null : reason;
    this.headers = headers;
  }
}
