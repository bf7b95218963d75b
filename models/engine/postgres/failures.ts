import { StorageUnavailableError } from '../storage_engine.js';

/**
 * What an error of the client means for what was asked:
 * - `refused`: there is no connection, and nothing was sent;
 * - `lost`: the connection was lost, and nobody knows what became of it;
 * - `again`: it certainly did not happen, and may be tried again at once;
 * - `answer`: the server answered that it cannot be done.
 */
export type Failure = 'refused' | 'lost' | 'again' | 'answer';

/**
 * Errors of a connection that was never made (SQLSTATE class 28: who we are was not accepted), or that leads to a server
 * which others have taken the place of (25006: it is read-only now).
 */
const REFUSED =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|CONNECT_TIMEOUT|CONNECTION_ENDED|SASL_.*|28...|25006|3D000|57P03|ERR_TLS_.*|ERR_SSL_.*|.*_CERT.*|.*_CERTIFICATE.*)$/;
/** 57P01 and its like come when the server takes the connection away, 40003 when an answer got lost in a cluster. */
const LOST = /^(?:CONNECTION_CLOSED|CONNECTION_DESTROYED|ECONNRESET|EPIPE|57P01|57P02|57P05|08...|40003)$/;
/** Serialization failure, deadlock, too many connections, and somebody else's cancelling. */
const AGAIN = /^(?:40001|40P01|53300|57014)$/;

/** An answer of the server that is an error. */
export class SqlError extends Error {
  override readonly name = 'SqlError';
  /** SQLSTATE, five characters. */
  readonly code: string;
  /** The constraint that it would have broken, where the server says so. */
  readonly constraint: string | null;

  constructor(code: string, constraint: string | null, message: string) {
    super(message);
    this.code = code;
    this.constraint = constraint;
  }
}

export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

export function failureOf(error: unknown): Failure {
  const code = codeOf(error);
  if (REFUSED.test(code)) return 'refused';
  if (AGAIN.test(code)) return 'again';
  if (/^[0-9A-Z]{5}$/.test(code) && !LOST.test(code) && 'severity' in (error as object)) return 'answer';
  return 'lost';
}

/** What the client's error says, as an error of ours: its own carries the statement's values, secrets among them. */
export function sqlErrorOf(error: unknown): SqlError {
  const { constraint_name: constraint, message } = error as {
    readonly constraint_name?: string;
    readonly message?: string;
  };
  return new SqlError(codeOf(error), constraint ?? null, `${codeOf(error)} ${message ?? ''}`);
}

/** A server that refuses what we need is of no use: to callers it is away. */
export async function sqlErrorsAway<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof SqlError ? new StorageUnavailableError(error) : error;
  }
}
