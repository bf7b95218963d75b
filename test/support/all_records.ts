import { join } from 'node:path';
import fs from 'fs-extra';
import type { StoredRecord } from '../../models/engine/storage_engine.js';
import { recordsInLog } from '../../models/engine/read_log.js';
import { MODELS } from '../../models/storage.js';

const DAY = 86_400_000;
/** When the records are: milliseconds since 1970. */
export const NOW = Date.now();

export type RecordsByModel = Readonly<Record<string, readonly StoredRecord[]>>;

function ago(days: number): string {
  return new Date(NOW - days * DAY).toISOString();
}

/** Attributes that no version knows yet, with everything that JSON can hold. */
const UNKNOWN = {
  later: {
    list: [1, 1.5e300, null, true, { deep: '' }],
    'ключ\u0000\u2028': 'tab\t "quoted" \\ \u{1F600} \uD800',
  },
  '': '',
};

/** Every kind of record that a store may hold, in no order but that of creation; none is over. */
export function everyKind(): RecordsByModel {
  const times = (days: number) => ({ created_at: ago(days), updated_at: ago(days / 2) });
  const session = (id: string, days: number, more: object) => ({
    id,
    ...times(days),
    user_id: 'ann',
    session_id: `digest of ${id}`,
    last_seen_at: ago(days / 3),
    confirmed_at: ago(days),
    remember: false,
    device: 'Firefox on Linux',
    address: '192.0.2.x',
    ...more,
  });
  const entry = (id: string, kind: string, more: object) => ({
    id,
    ...times(1),
    kind,
    account: null,
    wrong: 3,
    tried_at: ago(1),
    expires_at: ago(-1),
    networks: [],
    ...more,
  });
  return {
    User: [
      {
        id: 'zoe',
        ...times(400),
        email: 'Zoë@Example.com',
        first_name: 'Zoë',
        last_name: null,
        role: 'admin',
      },
      {
        id: 'ann',
        ...times(3),
        email: 'ann@example.com',
        disabled: true,
        sessions_valid_from: ago(2),
        ...UNKNOWN,
      },
      { id: 'bob', ...times(300), email: null, _password: 'c2NyeXB0', password_changed_at: ago(1) },
      { id: 'eve', ...times(1), email: 'eve@x', reset_digest: 'digest', reset_expires_at: ago(-0.01) },
      { id: 'an id with spaces, "quotes" and ü', email: 'x@x' },
    ],
    UserSession: [
      session('z', 5, { remember: true, kept_at: ago(1) }),
      session('a', 29, { ...UNKNOWN }),
      session('m', 0.01, { device: null, address: null, user_id: 'bob' }),
    ],
    ThrottleEntry: [
      entry('row', 'row', {}),
      entry('delay', 'delay', { account: 'row', wrong: 1 }),
      entry('address', 'address', { ...UNKNOWN }),
      entry('networks', 'networks', { wrong: 0, networks: ['one', 'two'] }),
    ],
  };
}

/** Records that are over: they say nothing any more. */
export function over(name = 'old'): RecordsByModel {
  return {
    UserSession: [
      { id: name, created_at: ago(31), user_id: 'ann', session_id: `digest of ${name}`, remember: true },
    ],
    ThrottleEntry: [{ id: name, kind: 'row', wrong: 9, created_at: ago(2), expires_at: ago(1) }],
  };
}

/** So many sessions, of one user. */
export function manySessions(count: number): RecordsByModel {
  const created_at = ago(1);
  return {
    User: [{ id: 'ann', created_at, email: 'ann@example.com' }],
    UserSession: Array.from({ length: count }, (_, i) => ({
      id: `s${i}`,
      created_at,
      updated_at: created_at,
      user_id: 'ann',
      session_id: `digest ${i}`,
    })),
  };
}

/** Makes the files of a stopped server that hold these records. */
export async function writeRecords(folder: string, ...all: readonly RecordsByModel[]): Promise<void> {
  for (const { name } of MODELS) {
    const records = all.flatMap((byModel) => byModel[name] ?? []);
    const lines = [{ format: 'gatehouse', version: 1, model: name }, ...records].map((line) =>
      JSON.stringify(line),
    );
    await fs.outputFile(join(folder, `${name}.jsonl`), `${lines.join('\n')}\n`, { mode: 0o600 });
  }
}

/** What a folder holds, each model in the order of creation. */
export async function readRecords(folder: string): Promise<RecordsByModel> {
  const entries = MODELS.map(async ({ name, indexes }) => {
    const records = await recordsInLog({ folder, model: name, indexes, warn: () => {} });
    return [name, records ?? []] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
