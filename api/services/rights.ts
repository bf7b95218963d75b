import type { User } from '../../models/user.js';

/** What of the configuration decides who may do what with users. */
export interface RightsOptions {
  /** True without a scheme: then nobody is known and everything is allowed, as in the course. */
  readonly open: boolean;
  readonly usersReadable: 'all' | 'own';
  readonly registration: 'open' | 'closed';
}

/** Who may do what with users. A caller is null when nobody is known. */
export class Rights {
  readonly #options: RightsOptions;

  constructor(options: RightsOptions) {
    this.#options = options;
  }

  mayReadAll(caller: User | null): boolean {
    return (
      this.#options.open || isAdmin(caller) || (caller !== null && this.#options.usersReadable === 'all')
    );
  }

  mayRead(caller: User | null, id: string): boolean {
    return this.mayReadAll(caller) || caller?.id === id;
  }

  /** Changing and removing is for the user and for admins. */
  mayChange(caller: User | null, id: string): boolean {
    return this.#options.open || isAdmin(caller) || caller?.id === id;
  }

  mayCreate(caller: User | null): boolean {
    return this.#options.open || isAdmin(caller) || this.#options.registration === 'open';
  }

  /** Making an account of one's own, with or without a scheme. */
  mayRegister(caller: User | null): boolean {
    return isAdmin(caller) || this.#options.registration === 'open';
  }
}

function isAdmin(caller: User | null): boolean {
  return caller?.isAdmin === true;
}
