/** What an attempt is counted by. */
export interface AttemptKeys {
  /** The key of the account; its row's too. */
  readonly account: string;
  /** The client's network. */
  readonly network: string;
  /** The key of the client's address. */
  readonly address: string;
  /** The key of the account from this network or known device. */
  readonly delay: string;
  readonly isKnownDevice: boolean;
}

/**
 * An attempt that was let through. It counts as wrong until it is told what came of it, which must happen: others
 * may be waiting. Only the first call counts.
 */
export interface Attempt {
  /**
   * The password was wrong, or nobody has the email. Resolves once that is durable.
   * @throws StorageUnavailableError when it cannot be written; it counts nevertheless.
   */
  failed(): Promise<void>;

  /**
   * The password was right: forgets the delay and the row, and remembers the network. A storage that fails now is no
   * reason to refuse a right password.
   */
  succeeded(): Promise<void>;

  /** No password was checked, for instance because too many checks wait: the attempt never was. */
  cancelled(): Promise<void>;
}

/** Where the throttle counts: in this process, or in a store that others count in as well. */
export interface Counts {
  /**
   * Lets an attempt through. While the outcome of others decides whether it may go on, it waits for them.
   * @throws TooManyAttemptsError when the attempt must wait; StorageUnavailableError.
   */
  enter(keys: AttemptKeys): Promise<Attempt>;

  /** Forgets the row and the delays of an account; resolves once that is durable. */
  unlock(account: string): Promise<void>;

  /** Forgets the networks that an account is known on; resolves once that is durable. */
  forgetNetworks(account: string): Promise<void>;

  /** Removes what has run out, where the storage does not do so by itself; returns how many entries. */
  sweep(): Promise<number>;
}
