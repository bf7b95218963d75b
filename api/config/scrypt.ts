import { availableParallelism, totalmem } from 'node:os';
import {
  DEFAULT_COST,
  memoryBytes,
  type PasswordHasherOptions,
  type ScryptCost,
} from '../../models/password.js';
import type { Reader } from './reader.js';

/** The smallest `p` for each `logN` at r=8 in the OWASP Password Storage Cheat Sheet. */
const OWASP_SCRYPT = new Map([
  [13, 10],
  [14, 5],
  [15, 3],
  [16, 2],
  [17, 1],
]);

export function readScrypt(reader: Reader, production: boolean): PasswordHasherOptions {
  const cost = readScryptCost(reader, production);
  return {
    cost,
    parallel: reader.whole('SCRYPT_THREADS', hashesAtOnce(cost), 1, 1024),
    waiting: reader.whole('SCRYPT_QUEUE', 64, 1, 10_000),
  };
}

function readScryptCost(reader: Reader, production: boolean): ScryptCost {
  const value = reader.text('SCRYPT_COST');
  if (value === null) return DEFAULT_COST;
  const match = /^(\d{1,2}),(\d{1,2}),(\d{1,2})$/.exec(value);
  const [logN, r, p] = match ? match.slice(1).map(Number) : [0, 0, 0];
  if (!logN || !r || !p || logN > 18 || 2 ** logN * r * p > 2 ** 24) {
    reader.problems.push(`SCRYPT_COST must be logN,r,p with logN up to 18, like 15,8,3, not "${value}"`);
    return DEFAULT_COST;
  }
  const leastP = logN > 17 ? 1 : OWASP_SCRYPT.get(logN);
  if (production && (leastP === undefined || r < 8 || p < leastP)) {
    reader.problems.push(
      `SCRYPT_COST ${value} is weaker than OWASP's list (17,8,1 16,8,2 15,8,3 14,8,5 13,8,10)`,
    );
  }
  return { logN, r, p };
}

/**
 * Hashes at once: as many as there are cores, in a quarter of the memory (bytes). A flood of logins must not end the
 * process for want of it.
 */
export function hashesAtOnce(
  cost: ScryptCost,
  cores = availableParallelism(),
  // What the process may have in a container; otherwise a number that says nothing, or none.
  memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY),
): number {
  return Math.max(1, Math.min(cores, Math.floor(memory / 4 / memoryBytes(cost))));
}
