/** What is stored of an event; docs/audit.md explains the attributes. Optional ones are left out when absent. */
export interface StoredEvent {
  /** UTC, ISO 8601 with milliseconds and `Z`. */
  readonly at: string;
  readonly event: string;
  readonly outcome: string;
  readonly user: string | null;
  readonly address: string | null;
  readonly device: string | null;
  readonly session: string | null;
  readonly request_id: string | null;
  readonly actor?: string;
  readonly email?: string;
  readonly detail?: string;
  /** How many there were in the minute that begins at `at`; absent means this one. */
  readonly count?: number;
}

/** An event ready to be written: printable ASCII, ended by the only newline in it. */
export interface AuditLine {
  /** The event's time in milliseconds since 1970. */
  readonly at: number;
  /** YYYY-MM-DD, UTC. */
  readonly day: string;
  /** Whose activity it is part of. */
  readonly user: string | null;
  readonly text: string;
}

/** Most UTF-16 units that are kept of a text. */
const LONGEST_TEXT = 256;

/** No line is longer in bytes: every text at its longest, each unit of it as a six-character escape. */
export const LONGEST_LINE = 1 << 14;

/** Control characters (C0 and C1), what is invisible or turns the writing direction, halves of pairs, line breaks. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * A text as it is kept: at most 256 characters, and U+FFFD in place of everything that could move a terminal's cursor,
 * colour it, or hide and reorder what is read. Replaced and not only escaped, because `jq -r` undoes escapes (ASVS 16.4.1).
 */
export function plainText(text: string): string {
  const short = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT - 1)}…` : text;
  return short.replaceAll(UNPRINTABLE, '\u{FFFD}');
}

/** The line of an event. Whatever its texts hold, it is one line of printable ASCII. */
export function auditLine(event: StoredEvent): AuditLine {
  const plain = Object.entries(event).map(([name, value]: [string, unknown]) => [
    name,
    typeof value === 'string' ? plainText(value) : value,
  ]);
  return {
    at: Date.parse(event.at),
    day: dayOf(event.at),
    user: event.user === null ? null : plainText(event.user),
    text: `${asciiOf(JSON.stringify(Object.fromEntries(plain)))}\n`,
  };
}

/** The event that a line holds, without its newline; null when it is no line of ours. */
export function parseEvent(text: string | null): StoredEvent | null {
  try {
    const value = JSON.parse(text ?? '') as Partial<StoredEvent> | null;
    const isOurs = [value?.at, value?.event, value?.outcome].every((field) => typeof field === 'string');
    const { user = null, address = null, device = null, session = null, request_id = null } = value ?? {};
    return isOurs && (user === null || typeof user === 'string')
      ? ({ ...value, user, address, device, session, request_id } as StoredEvent)
      : null;
  } catch {
    return null;
  }
}

/** The day (YYYY-MM-DD, UTC) of a time, given as ISO 8601 text or in milliseconds since 1970. */
export function dayOf(time: string | number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** The day so many days before another; both YYYY-MM-DD. */
export function daysBefore(day: string, count: number): string {
  return dayOf(Date.parse(day) - count * 86_400_000);
}

/** The same JSON in ASCII, where a byte is a character: nothing is left that a terminal or an editor could interpret. */
function asciiOf(json: string): string {
  return json.replaceAll(
    /[\u007F-\uFFFF]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
