import { nanoid } from 'nanoid';
import { currentTime } from '../../../../models/base.js';

/** Milliseconds after which nobody can be at an attempt any more: its process died, or could not tell its outcome. */
export const LONGEST_ATTEMPT = 60_000;

/** What an attempt leaves in the entries that count it while it is under way: a name of its own, and when it began. */
export function newMark(): string {
  return `${currentTime().toString(36)}.${nanoid(10)}`;
}

/** When an attempt began, in milliseconds since 1970. */
export function beginOf(mark: string): number {
  return Number.parseInt(mark, 36);
}

/** Whether an attempt counts as wrong by now, whatever came of it. */
export function hasLapsed(mark: string): boolean {
  return currentTime() - beginOf(mark) >= LONGEST_ATTEMPT;
}
