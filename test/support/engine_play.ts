import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import fs from 'fs-extra';
import { FileEngine } from '../../models/engine/file_engine.js';
import { realFileSystem, type FileSystem } from '../../models/engine/log_file.js';
import { UniqueViolationError } from '../../models/engine/storage_engine.js';
import { FaultyDisk, type Operation } from './faulty_fs.js';
import { slowFs } from './slow_fs.js';

/** The records of a script: few, so that its steps meet. */
export const IDS = ['a', 'b', 'c', 'd', 'e'];

const INDEXES = [{ attribute: 'email', unique: true, key: (email: string) => email.toLowerCase() }];

export type Step =
  | { do: 'put' | 'update'; id: string; email: string | null }
  | { do: 'delete'; id: string }
  | { do: 'turns'; count: number }
  | { do: 'fault'; operation: Operation; code: string }
  | { do: 'crash' | 'settle' | 'reopen' };

/** A change that was asked for: the record's value afterwards (`-`: gone), and what came of it. */
interface Wish {
  readonly value: string;
  state: 'waits' | 'kept' | 'failed';
}

/** Plays a script on an engine and notes what may be true of each record. */
export class Play {
  readonly #folder: string;
  readonly #disk = new FaultyDisk();
  readonly #fs: FileSystem;
  /** Of each record, in the order of the calls. */
  readonly #wishes = new Map<string, Wish[]>(IDS.map((of) => [of, []]));
  readonly #answers: Promise<void>[] = [];
  readonly #seen = new Set<unknown>();
  #engine!: FileEngine;
  #value = 0;

  constructor(folder: string, turns: () => number) {
    this.#folder = folder;
    this.#fs = slowFs(this.#disk.fs, turns);
  }

  async open(): Promise<void> {
    this.#engine = await openIn(this.#folder, this.#fs);
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async take(next: Step): Promise<void> {
    if (next.do === 'delete') this.#wish(next.id, '-', this.#engine.delete(next.id));
    else if (next.do === 'put' || next.do === 'update') {
      const record = { id: next.id, value: `${(this.#value += 1)}`, email: next.email };
      const answer = next.do === 'put' ? this.#engine.put(record) : this.#engine.update(next.id, record);
      this.#wish(next.id, record.value, answer);
    } else if (next.do === 'turns') for (let left = next.count; left > 0; left -= 1) await this.#look();
    else if (next.do === 'fault') this.#disk.fail(next.operation, next.code);
    else if (next.do === 'crash') await this.#crash();
    else await this.#settle(next.do === 'reopen');
  }

  #wish(of: string, value: string, answer: Promise<unknown>): void {
    const wishes = this.#wishes.get(of)!;
    const wish: Wish = { value, state: 'waits' };
    wishes.push(wish);
    const settle = (state: Wish['state'], isNone: boolean): void => {
      wish.state = state;
      if (isNone) wishes.splice(wishes.indexOf(wish), 1);
    };
    const failed = (error: unknown): void => settle('failed', error instanceof UniqueViolationError);
    this.#answers.push(answer.then((result) => settle('kept', result === null), failed));
  }

  async #look(): Promise<void> {
    await nextTurn();
    for (const { value } of await this.#engine.all().catch(() => [])) this.#seen.add(value);
  }

  /** What a new process may find: what was acknowledged last, or anything wished for after it. */
  #allowed(of: string): string[] {
    const wishes = this.#wishes.get(of)!;
    const last = wishes.findLastIndex(({ state }) => state === 'kept');
    return [...(last === -1 ? ['-'] : []), ...wishes.slice(Math.max(last, 0)).map(({ value }) => value)];
  }

  /** Opens a copy of the file as it is. */
  async #crash(): Promise<void> {
    const copy = join(this.#folder, 'copy');
    const allowed = IDS.map((of) => this.#allowed(of));
    // Not copyFile: libuv's never ends when the file is cut meanwhile.
    fs.outputFileSync(join(copy, 'Thing.jsonl'), fs.readFileSync(join(this.#folder, 'Thing.jsonl')));
    const engine = await openIn(copy, realFileSystem);
    const found = await Promise.all(IDS.map((of) => valueOf(engine, of)));
    await engine.close();
    found.forEach((value, at) => expect(allowed[at], `${IDS[at]} after a crash`).to.include(value));
  }

  /** Waits for all answers on a disk that works again; then it is certain what each record is. */
  async #settle(reopen: boolean): Promise<void> {
    if (reopen) await this.#engine.close();
    await Promise.all(this.#answers.splice(0));
    this.#disk.heal();
    if (reopen) await this.open();
    while ((await this.#engine.count().catch(() => true)) === true) await nextTurn();
    for (const [of, wishes] of this.#wishes) {
      const found = await valueOf(this.#engine, of);
      const allowed = this.#allowed(of);
      expect(reopen ? allowed : allowed.slice(0, 1), `${of} ${reopen ? 'reopened' : 'settled'}`).to.include(
        found,
      );
      const shown = wishes.find(
        ({ value, state }) => state === 'failed' && value !== found && this.#seen.has(value),
      );
      expect(shown, 'it failed, but readers saw it').to.equal(undefined);
      wishes.splice(0, Infinity, { value: found, state: 'kept' });
    }
    for (const { email: each } of await this.#engine.all())
      if (typeof each === 'string') expect(await this.#engine.find('email', each)).to.have.length(1);
    await this.#crash();
  }
}

function openIn(folder: string, fileSystem: FileSystem): Promise<FileEngine> {
  return FileEngine.open({ folder, model: 'Thing', indexes: INDEXES, compactAt: 4, fs: fileSystem });
}

async function valueOf(engine: FileEngine, of: string): Promise<string> {
  return String((await engine.get(of))?.['value'] ?? '-');
}
