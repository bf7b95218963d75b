import { nanoid } from 'nanoid';
import { currentTime } from '../../../../models/base.js';
import { LIMITS } from '../limits.js';

/** What an attempt leaves in the entries that count it while it is under way: a name of its own, and when it began. */
export function newMark(): string {
  return `${currentTime().toString(36)}.${nanoid(10)}`;
}

/** When an attempt began, in milliseconds since 1970. */
export function beginOf(mark: string): number {
  return Number.parseInt(mark, 36);
}

/** Whether an attempt counts as wrong by now: its process has died, or could not tell its outcome. */
export function hasLapsed(mark: string): boolean {
  return currentTime() - beginOf(mark) >= LIMITS.shared.attempt * 1000;
}
