import { join } from 'node:path';
import fs from 'fs-extra';
import { Audit, type AuditOptions } from '../../api/services/audit/audit.js';
import type { AuditEvent } from '../../api/services/audit/audit_event.js';
import { auditLine, type AuditLine, type StoredEvent } from '../../models/audit/audit_line.js';
import { AuditLog, type AuditLogOptions } from '../../models/audit/audit_log.js';
import { useClock } from '../../models/base.js';
import { TestClock } from './clock.js';
import { useTempFolder } from './temp_folder.js';

/** Noon, so that a test decides when it crosses midnight. */
const START = Date.parse('2026-03-01T12:00:00Z');

/** For each test of the suite: an empty folder, a clock that stands still, and trails that are closed afterwards. */
export class AuditTest {
  clock = new TestClock();
  warnings: string[] = [];
  readonly #open: { close(): Promise<void> }[] = [];
  readonly folder = useTempFolder();

  constructor() {
    beforeEach(() => {
      this.clock = new TestClock();
      this.clock.now = START;
      this.warnings = [];
      useClock(() => this.clock.now);
    });
    afterEach(async () => {
      for (const trail of this.#open.splice(0)) await trail.close();
      useClock(Date.now);
    });
  }

  async audit(options: Partial<AuditOptions> = {}): Promise<Audit> {
    const audit = await Audit.open({
      folder: this.folder(),
      days: 90,
      maxMegabytes: 100,
      warn: (message) => void this.warnings.push(message),
      ...options,
    });
    this.#open.push(audit);
    return audit;
  }

  /** The part under models/, whose limit can be smaller than a megabyte. */
  async log(options: Partial<AuditLogOptions> = {}): Promise<AuditLog> {
    const log = await AuditLog.open({
      folder: this.path(),
      days: 90,
      maxBytes: 1e8,
      warn: (message) => void this.warnings.push(message),
      ...options,
    });
    this.#open.push(log);
    return log;
  }

  /** The path of a file of the trail, or of its folder. */
  path(name = ''): string {
    return join(this.folder(), 'audit', name);
  }

  async files(): Promise<string[]> {
    return (await fs.readdir(this.path())).toSorted();
  }

  /** Every line of a file, or of all files in the order of their names, parsed. */
  async events(...names: string[]): Promise<StoredEvent[]> {
    const files = names.length > 0 ? names : await this.files();
    const texts = await Promise.all(files.map((name) => fs.readFile(this.path(name), 'utf8')));
    return texts
      .flatMap((text) => text.split('\n').slice(0, -1))
      .map((line) => JSON.parse(line) as StoredEvent);
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
export async function detailsOf(log: AuditLog, user: string, limit = 3): Promise<(string | undefined)[]> {
  const details: (string | undefined)[] = [];
  for (let before: string | null = null; ;) {
    const page = await log.page(user, before, limit);
    details.push(...page.events.map(({ detail }) => detail));
    if (page.next === null) return details;
    before = page.next;
  }
}
