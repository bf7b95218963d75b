/** Nothing but scrypt, as many at a time as there are cores: no server can log people in faster. */
import { randomBytes, scrypt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { promisify } from 'node:util';
import { answer } from '../lib/helper.js';
import { rateOf } from '../lib/stats.js';

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
const LENGTH = 64;
/** Bytes that Node lets scrypt have; more than any cost here takes. */
const MAX_MEMORY = 512 * 1024 * 1024;

answer(async ({ cost: [logN = 0, r = 0, p = 0], seconds }: { cost: number[]; seconds: number }) => {
  const times: number[] = [];
  const end = performance.now() + seconds * 1000;
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      await derive('a password', randomBytes(32), LENGTH, { N: 2 ** logN, r, p, maxmem: MAX_MEMORY });
      times.push(performance.now());
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, loop));
  return { perSecond: rateOf(times) };
});
