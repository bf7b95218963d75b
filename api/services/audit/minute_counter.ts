import type { StoredEvent } from '../../../models/audit/audit_line.js';

const MINUTE = 60_000;
/** Kinds of event that are told apart within a minute; what comes on top is counted together. */
const MOST_KINDS = 200;

/**
 * Counts what costs a client nothing to cause, a denied or throttled request, so that a flood of it makes a few lines
 * a minute. Denials of nobody known are only counted. The others are somebody's business: the first of a kind in
 * a minute is written at once, and the rest are counted.
 */
export class MinuteCounter {
  #minute = 0;
  readonly #kinds = new Map<string, { event: StoredEvent; count: number }>();

  /** True when the event is counted; false when it is to be written by itself. */
  takes(event: StoredEvent): boolean {
    if (event.event !== 'denied' && event.event !== 'throttle') return false;
    this.#minute = minuteOf(event.at);
    const isAnonymous = event.event === 'denied' && event.user === null;
    const kind = this.#kindOf(event, isAnonymous);
    const known = this.#kinds.get(kind.key);
    if (!known) {
      this.#kinds.set(kind.key, { event: kind.event, count: kind.isCounted ? 1 : 0 });
      return kind.isCounted;
    }
    known.count += 1;
    if (known.event.address !== null && known.event.address !== event.address)
      known.event = { ...known.event, address: null };
    return true;
  }

  /** The counts of a minute that is over by this time (ISO 8601), or in any case when none is given. */
  drain(now?: string): StoredEvent[] {
    if (now !== undefined && minuteOf(now) === this.#minute) return [];
    const at = new Date(this.#minute * MINUTE).toISOString();
    const counted = [...this.#kinds.values()].filter(({ count }) => count > 0);
    this.#kinds.clear();
    return counted.map(({ event, count }) => ({ ...event, at, count }));
  }

  #kindOf(event: StoredEvent, isAnonymous: boolean): { key: string; event: StoredEvent; isCounted: boolean } {
    const common = { ...event, device: null, session: null, request_id: null };
    const { user, email, outcome, detail } = event;
    const address = isAnonymous ? null : event.address;
    const key = JSON.stringify([event.event, outcome, user, email, address, detail]);
    if (this.#kinds.has(key) || this.#kinds.size < MOST_KINDS)
      return { key, event: common, isCounted: isAnonymous };
    const { email: _email, actor: _actor, ...rest } = common;
    const others = { ...rest, user: null, address: null, detail: 'others' };
    return { key: event.event, event: others, isCounted: true };
  }
}

function minuteOf(time: string): number {
  return Math.floor(Date.parse(time) / MINUTE);
}
