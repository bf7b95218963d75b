/**
 * The storage engine beside the simplest thing that could do the same, in one run:
 * 64 parallel writers against a bare group-commit log, and reopening a million sessions against a JSON.parse per
 * line into a Map. Prints ratios: absolute figures belong to the machine. See bench/README.md.
 */
import { randomUUID } from 'node:crypto';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fs from 'fs-extra';
import { nanoid } from 'nanoid';
import { FileEngine } from '../models/engine/file_engine.js';
import { headerLine } from '../models/engine/log_format.js';
import type { StoredRecord } from '../models/engine/storage_engine.js';
import { digestOf, UserSession } from '../models/user_session.js';

const WRITERS = 64;
const ROUNDS = 5;
const ROUND_MS = 1000;
const SESSIONS = Number(process.env['SESSIONS'] ?? 1_000_000);

/** A session as a login stores it, with everything it has. */
function sessionRecord(): StoredRecord {
  const details = { user_id: randomUUID(), session_id: digestOf(nanoid(32)) };
  return new UserSession({ ...details, device: 'Firefox on Linux', address: '192.0.2.x' }).toRecord();
}

/** What a person would write in ten minutes: one file, one sync in flight, everything that arrives meanwhile joins the next. */
class BareLog {
  #waiting: { line: string; done: () => void }[] = [];
  #running = false;
  readonly #handle: Awaited<ReturnType<typeof open>>;

  constructor(handle: Awaited<ReturnType<typeof open>>) {
    this.#handle = handle;
  }

  append(line: string): Promise<void> {
    return new Promise((done) => {
      this.#waiting.push({ line, done });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      await this.#handle.write(batch.map(({ line }) => line).join(''));
      await this.#handle.datasync();
      for (const { done } of batch) done();
    }
    this.#running = false;
  }
}

/** Writes a second made by `writers` loops that each wait for their own write. */
async function rate(write: () => Promise<void>, writers: number): Promise<number> {
  let count = 0;
  const end = performance.now() + ROUND_MS;
  const start = performance.now();
  const loop = async (): Promise<void> => {
    while (performance.now() < end) {
      await write();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, loop));
  return (count / (performance.now() - start)) * 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function benchWrites(folder: string): Promise<void> {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const path = join(folder, `bare-${round}.jsonl`);
    const handle = await open(path, 'a');
    const log = new BareLog(handle);
    bare.push(await rate(() => log.append(`${JSON.stringify(sessionRecord())}\n`), WRITERS));
    await handle.close();
    const engine = await FileEngine.open({ folder, model: `Ours${round}`, indexes: UserSession.indexes });
    ours.push(await rate(() => engine.put(sessionRecord()), WRITERS));
    await engine.close();
  }
  const ratios = ours.map((value, round) => value / (bare[round] ?? Number.NaN));
  console.log(`durable session writes, ${WRITERS} writers, ${ROUNDS} rounds`);
  console.log(`  bare group-commit log  ${Math.round(median(bare))}/s`);
  console.log(`  file engine            ${Math.round(median(ours))}/s`);
  console.log(`  ratio                  ${median(ratios).toFixed(2)}   (must: 0.5)`);
}

async function writeSessions(path: string): Promise<void> {
  const handle = await open(path, 'w');
  await handle.write(headerLine('UserSession'));
  for (let written = 0; written < SESSIONS; written += 10_000) {
    const lines = Array.from({ length: 10_000 }, () => `${JSON.stringify(sessionRecord())}\n`);
    await handle.write(lines.join(''));
  }
  await handle.close();
}

interface Opened {
  readonly ms: number;
  readonly bytes: number;
}

/** In a process of its own, so that memory and caches are its own too. */
function inChild(side: 'engine' | 'map', folder: string): Promise<Opened> {
  return new Promise((done, fail) => {
    const child = fork(fileURLToPath(import.meta.url), [side, folder], { execArgv: ['--expose-gc'] });
    child.once('message', (message) => done(message as Opened));
    child.once('exit', (code) => code !== 0 && fail(new Error(`${side} ended with ${code}`)));
  });
}

async function benchReopen(folder: string): Promise<void> {
  await writeSessions(join(folder, 'UserSession.jsonl'));
  const engine: Opened[] = [];
  const map: Opened[] = [];
  for (let round = 0; round < 3; round += 1) {
    map.push(await inChild('map', folder));
    engine.push(await inChild('engine', folder));
  }
  const ratios = engine.map(({ ms }, round) => ms / (map[round]?.ms ?? Number.NaN));
  const bytes = median(engine.map((side) => side.bytes)) / SESSIONS;
  console.log(`reopening ${SESSIONS} sessions, 3 rounds in processes of their own`);
  console.log(`  JSON.parse per line into a Map  ${Math.round(median(map.map(({ ms }) => ms)))} ms`);
  console.log(`  file engine with all indexes    ${Math.round(median(engine.map(({ ms }) => ms)))} ms`);
  console.log(`  ratio                           ${median(ratios).toFixed(2)}   (must: 1.5)`);
  console.log(`  memory per session              ${Math.round(bytes)} B   (must: 600)`);
}

/** Chunks of a megabyte, one JSON.parse per line, nothing checked and nothing indexed but the id. */
async function parseIntoMap(folder: string): Promise<Map<string, unknown>> {
  const records = new Map<string, unknown>();
  const handle = await open(join(folder, 'UserSession.jsonl'));
  const chunk = Buffer.alloc(1 << 20);
  let rest = '';
  for (;;) {
    const { bytesRead } = await handle.read(chunk, 0, chunk.length, null);
    if (bytesRead === 0) break;
    const lines = (rest + chunk.toString('latin1', 0, bytesRead)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const record = JSON.parse(line) as { id: string };
      records.set(record.id, record);
    }
  }
  await handle.close();
  return records;
}

/** The child's part: opens, measures, reports. */
async function measureOpen(side: string, folder: string): Promise<void> {
  const collect = (globalThis as { gc?: () => void }).gc ?? ((): void => {});
  collect();
  const before = process.memoryUsage().rss;
  const start = performance.now();
  const held =
    side === 'engine'
      ? await FileEngine.open({ folder, model: 'UserSession', indexes: UserSession.indexes })
      : await parseIntoMap(folder);
  const ms = performance.now() - start;
  collect();
  collect();
  const opened: Opened = { ms, bytes: process.memoryUsage().rss - before };
  // Named after measuring, so that it cannot have been collected before.
  process.send?.(opened, () => process.exit(held ? 0 : 1));
}

const [side, childFolder] = process.argv.slice(2);
if (side && childFolder) {
  await measureOpen(side, childFolder);
} else {
  const folder = await fs.mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
  try {
    await benchWrites(folder);
    await benchReopen(folder);
  } finally {
    await fs.remove(folder);
  }
}
