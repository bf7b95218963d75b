import { currentTime } from '../../../models/base.js';
import { throttleKey } from '../../../models/throttle_entry.js';
import type { ThrottleEntries } from './entries.js';
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
    return this.#entries.peek({ id: throttleKey('networks', account), kind: 'networks' });
  }

  has(account: string, network: string): boolean {
    const slot = this.slotOf(account);
    if (!slot || slot.entry.isOverAt(currentTime())) return false;
    return slot.entry.networks.includes(throttleKey('network', account, network));
  }

  /** Notes a success. Only a network that is new, or has not been noted for a month, makes it worth a write. */
  add(account: string, network: string): Slot {
    const slot = this.#entries.slot({ id: throttleKey('networks', account), kind: 'networks' });
    const { entry } = slot;
    const key = throttleKey('network', account, network);
    const isKnown = entry.networks.includes(key);
    entry.networks = [key, ...entry.networks.filter((other) => other !== key)].slice(0, most);
    const now = currentTime();
    const isRecent = now - entry.tried_at.getTime() < renewedAfter * 1000;
    if (isKnown && isRecent) return slot;
    entry.tried_at = new Date(now);
    entry.expires_at = new Date(now + seconds * 1000);
    slot.touch();
    return slot;
  }
}
