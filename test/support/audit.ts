import { join } from 'node:path';
import fs from 'fs-extra';
import { Audit, type AuditOptions } from '../../api/services/audit/audit.js';
import type { AuditEvent } from '../../api/services/audit/audit_event.js';
import { auditLine, type AuditLine, type StoredEvent } from '../../models/audit/audit_line.js';
import { AuditLog, type AuditLogOptions } from '../../models/audit/audit_log.js';
import type { AuditLimits, AuditStore } from '../../models/audit/audit_store.js';
import { AuditTable } from '../../models/audit/audit_table.js';
import { useClock } from '../../models/base.js';
import { PostgresStore } from '../../models/engine/postgres/postgres_store.js';
import { TestClock } from './clock.js';
import { FaultyDisk } from './faulty_fs.js';
import { needPostgres, postgresUrl, runSql } from './postgres_process.js';
import { useTempFolder } from './temp_folder.js';

/** Noon, so that a test decides when it crosses midnight. */
const START = Date.parse('2026-03-01T12:00:00Z');

/** Where a trail can be kept. */
export const PLACES = ['files', 'PostgreSQL'] as const;

/** For each test of the suite: a place without a trail, a clock that stands still, and trails that are closed afterwards. */
export class AuditTest {
  readonly #isTable: boolean;
  clock = new TestClock();
  warnings: string[] = [];
  /** Where the database of a trail in PostgreSQL is. */
  url = '';
  readonly #open: { close(): Promise<void> }[] = [];
  readonly #disk = new FaultyDisk();
  readonly folder = useTempFolder();

  constructor(place: (typeof PLACES)[number] = 'files') {
    this.#isTable = place === 'PostgreSQL';
    if (this.#isTable) beforeEach(needPostgres);
    beforeEach(async () => {
      this.clock = new TestClock();
      this.clock.now = START;
      this.warnings = [];
      useClock(() => this.clock.now);
      if (this.#isTable) this.url = await postgresUrl();
    });
    afterEach(async () => {
      this.#disk.heal();
      for (const trail of this.#open.splice(0).toReversed()) await trail.close();
      useClock(Date.now);
    });
  }

  /** One event a day for five days, named after the days; the clock then shows the sixth. */
  async fiveDays(): Promise<void> {
    const log = await this.log();
    for (let day = 1; day <= 5; day += 1) {
      await log.append(this.line('ann', `${day}`));
      this.clock.advance(86_400);
    }
    await log.close();
  }

  async audit({
    fs: own,
    ...options
  }: Partial<AuditOptions> & { fs?: FaultyDisk['fs'] } = {}): Promise<Audit> {
    const audit = await Audit.open(
      { openAudit: async (limits) => this.#openStore({ ...limits, ...(own && { fs: own }) }) },
      { days: 90, maxMegabytes: 100, warn: (message) => void this.warnings.push(message), ...options },
    );
    this.#open.push(audit);
    return audit;
  }

  /** The part under models/, whose limit can be smaller than a megabyte; what was due is deleted. */
  async log(options: Partial<AuditLogOptions> = {}): Promise<AuditStore> {
    const warn = (message: string): void => void this.warnings.push(message);
    const log = await this.#openStore({ days: 90, maxBytes: 1e8, warn, ...options });
    this.#open.push(log);
    // Of a table it is deleted in the background.
    await log.dropOverdue();
    return log;
  }

  /** From now on nothing can be written or read. */
  async breakPlace(): Promise<void> {
    if (this.#isTable) await runSql(this.url, 'alter table gatehouse_audit rename to away');
    else
      for (const operation of ['open', 'write', 'read'] as const) this.#disk.fail(operation, 'EIO', Infinity);
  }

  async healPlace(): Promise<void> {
    if (this.#isTable) await runSql(this.url, 'alter table away rename to gatehouse_audit');
    else this.#disk.heal();
  }

  /** The path of a file of the trail, or of its folder. */
  path(name = ''): string {
    return join(this.folder(), 'audit', name);
  }

  async files(): Promise<string[]> {
    return (await fs.readdir(this.path())).toSorted();
  }

  /** Every line, or those of some files, in the order of the trail. */
  async lines(...names: string[]): Promise<string[]> {
    if (this.#isTable) {
      const rows = await runSql(this.url, 'select line from gatehouse_audit order by at_ms, tie');
      return rows.map(({ line }) => String(line));
    }
    const files = names.length > 0 ? names : await this.files();
    const texts = await Promise.all(files.map((name) => fs.readFile(this.path(name), 'utf8')));
    return texts.flatMap((text) => text.split('\n').slice(0, -1));
  }

  /** The same, parsed. */
  async events(...names: string[]): Promise<StoredEvent[]> {
    return (await this.lines(...names)).map((line) => JSON.parse(line) as StoredEvent);
  }

  /** Bytes of all lines, newlines included. */
  async size(): Promise<number> {
    return (await this.lines()).reduce((sum, line) => sum + line.length + 1, 0);
  }

  /** A line stamped with the clock's time; `detail` tells it from others. */
  line(user: string | null, detail = ''): AuditLine {
    return auditLine({
      at: new Date(this.clock.now).toISOString(),
      event: 'login',
      outcome: 'success',
      user,
      address: null,
      device: null,
      session: null,
      request_id: null,
      detail,
    });
  }

  /** Each has connections of its own, as another process would. */
  async #openStore(options: AuditLimits & Partial<AuditLogOptions>): Promise<AuditStore> {
    if (!this.#isTable) return AuditLog.open({ folder: this.path(), fs: this.#disk.fs, ...options });
    const store = await PostgresStore.open({ url: this.url, warn: options.warn });
    this.#open.push(store);
    return AuditTable.open(store, options);
  }
}

/** A good login of `ann`, changed as told. */
export function anEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    event: 'login',
    outcome: 'success',
    user: 'ann',
    address: '192.0.2.7',
    device: 'Firefox on Linux',
    session: 's1',
    requestId: 'r1',
    ...changes,
  };
}

/** The details of all events of a user, newest first, read page by page. */
export async function detailsOf(log: AuditStore, user: string, limit = 3): Promise<(string | undefined)[]> {
  const details: (string | undefined)[] = [];
  for (let before: string | null = null; ;) {
    const page = await log.page(user, before, limit);
    details.push(...page.events.map(({ detail }) => detail));
    if (page.next === null) return details;
    before = page.next;
  }
}
