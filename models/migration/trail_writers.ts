import { AuditLog } from '../audit/audit_log.js';
import { CREATE, INDEXES, INSERT, TABLE } from '../audit/table_sql.js';
import { arrayText } from '../engine/postgres/names.js';
import type { PostgresStore } from '../engine/postgres/postgres_store.js';
import { StorageUnavailableError } from '../engine/storage_engine.js';
import type { Writer } from './place.js';
import { lineOf, tieOf } from './trail.js';

/** Nothing is deleted here: what is due goes when a server starts. */
const NO_LIMITS = { days: 36_500, maxBytes: Number.MAX_SAFE_INTEGER };

/** An append-only trail takes lines at its end; a beginning of a migration has nothing that would have to go. */
async function refuse(): Promise<never> {
  throw new Error('the audit trail in the target is not in the order of its times: empty it');
}

/** Has the work done with the trail of a folder. */
export async function writeTrailFiles(
  folder: string,
  warn: (message: string) => void,
  work: (writer: Writer) => Promise<void>,
): Promise<void> {
  const log = await AuditLog.open({ folder, warn, ...NO_LIMITS });
  const putAll: Writer['putAll'] = async (records) => {
    const kept = await Promise.all(records.map((record) => log.append(lineOf(record))));
    if (kept.includes(false)) throw new StorageUnavailableError(`${folder} cannot be written`);
  };
  try {
    await work({ putAll, put: refuse, delete: refuse });
  } finally {
    await log.close();
  }
}

/** Has the work done with the trail's table, which is made unless it is there. */
export async function writeTrailTable(
  store: PostgresStore,
  work: (writer: Writer) => Promise<void>,
): Promise<void> {
  const table = store.table(TABLE, INDEXES, CREATE);
  await table.ready();
  const putAll: Writer['putAll'] = async (records) => {
    const lines = records.map(lineOf);
    const columns = [
      lines.map(({ at }) => String(at)),
      records.map((record) => String(tieOf(record))),
      lines.map(({ user }) => user),
      lines.map(({ text }) => String(text.length)),
      lines.map(({ text }) => text.slice(0, -1)),
    ];
    await table.run(INSERT, columns.map(arrayText));
  };
  await work({ putAll, put: refuse, delete: refuse });
}
