import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';

export interface ShellResult {
  /** Standard output and standard error as they came. */
  readonly output: string;
  readonly status: number;
}

/** One bash for all commands of a page, so that variables last from one command to the next as in a terminal. */
export class Shell {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #scriptPath: string;
  readonly #marker = randomUUID();

  /** @param options.scriptPath a file for the shell's own use, outside the folder that the page works in. */
  constructor(options: { cwd: string; env: NodeJS.ProcessEnv; scriptPath: string }) {
    const { cwd, env, scriptPath } = options;
    this.#scriptPath = scriptPath;
    // A group of its own, so that what a command started ends with it.
    this.#process = spawn('bash', ['--noprofile', '--norc', '-o', 'pipefail'], {
      cwd,
      env,
      detached: true,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#process.on('error', () => {});
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.setEncoding('utf8');
  }

  /** Runs one command; fails when it takes longer than `timeout` milliseconds, or the shell ends with it. */
  async run(command: string, timeout: number): Promise<ShellResult> {
    await writeFile(this.#scriptPath, `${command}\n`);
    const result = this.#readToMarker(timeout);
    this.#process.stdin.write(
      `. '${this.#scriptPath}' </dev/null 2>&1; printf '\\n%s %s\\n' ${this.#marker} "$?"\n`,
    );
    return result;
  }

  /** Ends the shell and everything that it started. */
  kill(): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }

  #readToMarker(timeout: number): Promise<ShellResult> {
    const { stdout } = this.#process;
    const end = new RegExp(`\\n${this.#marker} (\\d+)\\n$`);
    return new Promise((resolve, reject) => {
      let output = '';
      const onData = (chunk: string): void => {
        output += chunk;
        const match = end.exec(output);
        if (!match) return;
        settle();
        resolve({ output: output.slice(0, match.index), status: Number(match[1]) });
      };
      const fail = (message: string): void => {
        settle();
        this.kill();
        reject(new Error(message));
      };
      const onClose = (): void => fail('the shell ended');
      const timer = setTimeout(() => fail(`took longer than ${timeout / 1000} seconds`), timeout);
      const settle = (): void => {
        clearTimeout(timer);
        stdout.off('data', onData).off('close', onClose);
      };
      stdout.on('data', onData).on('close', onClose);
    });
  }
}
