import { currentTime } from '../../../models/base.js';
import { throttleKey, type ThrottleEntry } from '../../../models/throttle_entry.js';
import type { SlotKey, ThrottleEntries } from './entries.js';
import { LIMITS } from './limits.js';
import type { Slot } from './slot.js';

const { most, seconds, renewedAfter } = LIMITS.networks;

/** The networks from which an account's password was right: some few, for some months. */
export class KnownNetworks {
  readonly #entries: ThrottleEntries;

  constructor(entries: ThrottleEntries) {
    this.#entries = entries;
  }

  /** The entry that keeps an account's networks, or null. */
  slotOf(account: string): Slot | null {
    return this.#entries.peek(networksKey(account));
  }

  has(account: string, network: string): boolean {
    const slot = this.slotOf(account);
    return slot !== null && isKnownIn(slot.entry, account, network);
  }

  /** Notes a success. */
  add(account: string, network: string): Slot {
    const slot = this.#entries.slot(networksKey(account));
    if (noteIn(slot.entry, account, network)) slot.touch();
    return slot;
  }
}

/** Which entry keeps an account's networks. */
export function networksKey(account: string): SlotKey {
  return { id: throttleKey('networks', account), kind: 'networks' };
}

/** Whether an account's networks have this one among them, now. */
export function isKnownIn(entry: ThrottleEntry, account: string, network: string): boolean {
  return !entry.isOverAt(currentTime()) && entry.networks.includes(throttleKey('network', account, network));
}

/**
 * Notes a success among an account's networks.
 * @returns whether it is worth a write: for a network that is new, or has not been noted for a month.
 */
export function noteIn(entry: ThrottleEntry, account: string, network: string): boolean {
  const key = throttleKey('network', account, network);
  const isKnown = entry.networks.includes(key);
  entry.networks = [key, ...entry.networks.filter((other) => other !== key)].slice(0, most);
  const now = currentTime();
  const isRecent = now - entry.tried_at.getTime() < renewedAfter * 1000;
  if (isKnown && isRecent) return false;
  entry.tried_at = new Date(now);
  entry.expires_at = new Date(now + seconds * 1000);
  return true;
}
