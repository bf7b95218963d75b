import type { RouterContext } from '@koa/router';
import type { Context as KoaContext, Middleware as KoaMiddleware } from 'koa';
import type { User } from '../models/user.js';

/** What middleware learns about a request and passes on. */
export interface State {
  /** Names the request in the log and in the `X-Request-Id` header. */
  requestId: string;
  /** The caller; null while nobody is known, and always in the open API. */
  user: User | null;
  /** True once the audit trail says why the request is refused, as it does of a wrong password. */
  isRefusalRecorded?: boolean;
}

export type Context = KoaContext & { state: State };
export type ViewContext = RouterContext<State>;
export type Middleware = KoaMiddleware<State>;
