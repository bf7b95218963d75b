import type { Doors } from '../actions/doors.js';

/** What the account views are made of. */
export type AccountOptions = Doors;
