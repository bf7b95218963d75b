import { currentTime } from '../../../../models/base.js';
import type { ThrottleEntry } from '../../../../models/throttle_entry.js';
import type { SlotKey } from '../entries.js';
import { LIMITS, type LimitName } from '../limits.js';
import { beginOf, hasLapsed } from './marks.js';
import { DELAY, prolong, ROW, type Rule } from './rules.js';
import type { SharedEntries } from './shared_entries.js';

/** A limit that an attempt meets; an exempt one is counted by it and never stopped. */
export interface Claim {
  readonly rule: Rule;
  readonly key: SlotKey;
  readonly isExempt: boolean;
  /** How often the account had been unlocked when the attempt began. */
  readonly unlocks: number;
}

/** Why an attempt may not go on: the milliseconds to wait, or 0 while that depends on what others are at. */
export interface Refusal {
  readonly limit: LimitName;
  readonly wait: number;
}

/** Whether an attempt may go on, by an entry as it was found. */
export function refusalOf({ rule, isExempt, unlocks }: Claim, entry: ThrottleEntry): Refusal | null {
  const now = currentTime();
  bringUpToDate(entry, rule, unlocks);
  if (isExempt) return null;
  const wait = rule.msToWait(entry, now);
  return wait > 0 || !rule.hasRoom(entry, now) ? { limit: rule.name, wait } : null;
}

/** Counts an attempt as under way with a limit, unless that refuses it. */
export async function charge(entries: SharedEntries, claim: Claim, mark: string): Promise<Refusal | null> {
  const { rule, key } = claim;
  return entries.change(key, (entry) => {
    const refusal = refusalOf(claim, entry);
    if (refusal) return refusal;
    entry.pending = [...entry.pending, mark];
    const end = Math.max(entry.expires_at.getTime(), currentTime() + rule.lasts);
    // The time that runs for wrong tries is not for others to change.
    if (entry.wrong === 0 || rule === DELAY) entry.expires_at = new Date(end);
    return null;
  });
}

/** Ends what {@link charge} began: the attempt was wrong, or right and so forgives, or never was. */
export async function settle(
  entries: SharedEntries,
  { rule, key, unlocks }: Claim,
  mark: string,
  outcome: 'wrong' | 'right' | 'none',
): Promise<void> {
  await entries.change(key, (entry) => {
    bringUpToDate(entry, rule, unlocks);
    entry.pending = entry.pending.filter((other) => other !== mark);
    // One that took too long counts already.
    if (outcome === 'wrong' && !hasLapsed(mark)) rule.countWrong(entry, currentTime());
    if (outcome === 'right' && rule.isForgivable) entry.wrong = 0;
    // Not removed: that could take what another server counts meanwhile.
    if (entry.wrong === 0 && entry.pending.length === 0 && (rule !== ROW || entry.unlocks === 0))
      entry.expires_at = new Date(currentTime() + LIMITS.shared.empty * 1000);
  });
}

/** Whether an attempt is a knock at a locked account that is to be noted: one within some time stands for all. */
export function isKnock({ rule }: Claim, entry: ThrottleEntry): boolean {
  const now = currentTime();
  return (
    rule === ROW &&
    rule.msToWait(entry, now) > 0 &&
    now - entry.tried_at.getTime() >= LIMITS.shared.knock * 1000
  );
}

/** Lets the quiet after which a locked account is tried again begin anew. */
export async function knock(entries: SharedEntries, claim: Claim): Promise<void> {
  await entries.change(claim.key, (entry) => {
    if (isKnock(claim, entry)) prolong(entry, currentTime(), claim.rule.lasts);
  });
}

/** Forgets what an unlock made void, and counts attempts as wrong of which nobody will tell. */
function bringUpToDate(entry: ThrottleEntry, rule: Rule, unlocks: number): void {
  if (rule === DELAY && entry.unlocks < unlocks) {
    entry.clear();
    entry.pending = [];
    entry.unlocks = unlocks;
  }
  const lapsed = entry.pending.filter(hasLapsed);
  if (lapsed.length === 0) return;
  entry.pending = entry.pending.filter((mark) => !hasLapsed(mark));
  for (const mark of lapsed)
    rule.countWrong(entry, Math.max(beginOf(mark), entry.wrong > 0 ? entry.tried_at.getTime() : 0));
}
