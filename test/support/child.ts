import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The path of a helper's compiled file, which lies beside this one. */
export function helperFile(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** A helper process of a test; its output is collected as it comes. */
export class Child {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  readonly #closed: Promise<unknown>;
  #isClosed = false;
  #output = '';

  constructor(command: string, args: readonly string[]) {
    this.process = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.process.stdout.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.process.stderr.on('data', (data: Buffer) => (this.#output += data.toString()));
    this.#closed = once(this.process, 'close').then(() => (this.#isClosed = true));
  }

  /** A helper module of this folder, run by this Node. */
  static helper(name: string, ...args: string[]): Child {
    return new Child(process.execPath, [helperFile(name), ...args]);
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get output(): string {
    return this.#output;
  }

  /** The whole lines so far: a killed process may leave half a line. */
  get lines(): string[] {
    return this.#output.split('\n').slice(0, -1);
  }

  /** Resolves once the output matches; fails when the process ends without. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.#output)) {
      if (this.#isClosed) throw new Error(`it ended without saying ${String(pattern)}: ${this.#output}`);
      await this.#more();
    }
  }

  /** Resolves when something was said on either stream, or nothing more will be. */
  async #more(): Promise<void> {
    const { stdout, stderr } = this.process;
    const waiting = new AbortController();
    const data = [stdout, stderr].map((stream) => once(stream, 'data', { signal: waiting.signal }));
    await Promise.race([...data, this.#closed]).finally(() => waiting.abort());
  }

  /** Kills it without mercy and resolves once its output has been read to the end. */
  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.#closed;
  }
}
