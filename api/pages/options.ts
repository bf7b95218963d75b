import type { Doors } from '../actions/doors.js';
import type { Context, ViewContext } from '../context.js';
import type { Languages } from './messages/languages.js';

type View = (ctx: ViewContext) => Promise<void>;

/** What the pages are made of. */
export interface PageOptions extends Doors {
  readonly serviceName: string;
  /** Characters that a new password must have. */
  readonly passwordMin: number;
  readonly languages: Languages;
  /** What answers the same addresses when a program sends JSON there. */
  readonly json: { readonly register: View; readonly login: View; readonly logout: View };
  /** Whether an address is one of programs, which get their errors as JSON. */
  readonly isForPrograms: (ctx: Context) => boolean;
}
