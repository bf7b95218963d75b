import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { portsIn, shellText, startOf, withPort, type Start } from './commands.js';
import { findMismatch, linesOf } from './matcher.js';
import { isCheck, PageError, parsePage, type Command, type Step } from './page.js';
import { FOLDER, type Place } from './places.js';
import { Servers } from './servers.js';
import { Shell } from './shell.js';

const COMMAND_TIMEOUT = 20_000;

export interface PageResult {
  /** Checks that were right. */
  readonly passed: number;
  /** Steps that look at the files of the records, where there are none. */
  readonly leftOut: number;
  /** The first thing that was not; null when the page does what it says. */
  readonly failure: { readonly line: number; readonly message: string } | null;
}

export interface RunOptions {
  /** The built project. */
  readonly project: string;
  /** Where records are kept; in files unless it is given. */
  readonly place?: Place;
  /** Ends the page's processes at once. */
  readonly signal?: AbortSignal;
}

/** Does everything that a page tells its reader to do, in a folder of its own, up to the first miss. */
export async function runPage(markdown: string, options: RunOptions): Promise<PageResult> {
  options.signal?.throwIfAborted();
  let [passed, leftOut] = [0, 0];
  let run: PageRun | null = null;
  try {
    const steps = parsePage(markdown);
    if (!steps.some(isCheck)) throw new PageError(1, 'the page checks nothing');
    run = await PageRun.open(options);
    for (const step of steps) {
      options.signal?.throwIfAborted();
      if (run.lacks(step)) {
        leftOut += 1;
        continue;
      }
      await run.do(step);
      if (isCheck(step)) passed += 1;
    }
    await run.stopServer();
    return { passed, leftOut, failure: null };
  } catch (error) {
    if (!(error instanceof PageError)) throw error;
    return { passed, leftOut, failure: { line: error.line, message: error.message } };
  } finally {
    await run?.close();
  }
}

/** The folder, the shell and the server of one page. */
class PageRun {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #shell: Shell;
  readonly #place: Place;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#kill();
  #server: Servers | null = null;
  #startLine = 0;
  #ports: { page: string; server: string } | null = null;

  private constructor(folder: string, place: Place, signal: AbortSignal | undefined) {
    this.#folder = folder;
    // Nothing of the caller's: no proxy, no .curlrc, no variable that would change the server.
    const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
    this.#env = { PATH: path, HOME: folder };
    this.#shell = new Shell({ cwd: this.#work, env: this.#env, scriptPath: join(folder, 'command.sh') });
    this.#place = place;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#onAbort);
  }

  static async open({ project, place = FOLDER, signal }: RunOptions): Promise<PageRun> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-page-'));
    const work = join(folder, 'work');
    await mkdir(work);
    for (const name of ['dist', 'node_modules']) await symlink(join(project, name), join(work, name));
    return new PageRun(folder, place, signal);
  }

  /** Whether the step looks at files that there are none of, because records are kept elsewhere. */
  lacks(step: Step): boolean {
    return this.#place !== FOLDER && step.kind !== 'file' && /\bstorage\/\w+\.jsonl\b/.test(step.text);
  }

  /** @throws PageError when the step does not do what the page says. */
  async do(step: Step): Promise<void> {
    if (step.kind === 'file') return writeFile(join(this.#work, step.name), step.text);
    const start = startOf(step);
    const output = start ? await this.#start(step, start) : await this.#runInShell(step);
    const mismatch = findMismatch(linesOf(step.expected.join('\n')), linesOf(output));
    if (!mismatch) return;
    const line = step.line + step.text.split('\n').length + mismatch.index;
    throw new PageError(line, `${mismatch.message}\nfrom ${step.text}`);
  }

  /** @throws PageError when the server did not stop cleanly. */
  async stopServer(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.#ports = null;
    if (!server || (await server.stop())) return;
    throw new PageError(this.#startLine, `the server did not stop cleanly: ${server.output}`);
  }

  async close(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#shell.kill();
    await this.#server?.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #work(): string {
    return join(this.#folder, 'work');
  }

  /** A start with output below it is one that must fail; what it says is then the command's output. */
  async #start({ line, expected }: Command, { env, port }: Start): Promise<string> {
    await this.stopServer();
    const { servers, env: more } = this.#place;
    this.#server = new Servers(servers, { folder: this.#work, env: { ...this.#env, ...env, ...more } });
    this.#startLine = line;
    const started = await this.#server.started();
    const { output } = this.#server;
    if (started === null) this.#server = null;
    const mustFail = linesOf(expected.join('\n')).length > 0;
    if (mustFail !== (started === null))
      throw new PageError(line, mustFail ? 'the server starts' : `the server does not start: ${output}`);
    if (started !== null) this.#ports = { page: port, server: started };
    return mustFail ? output : '';
  }

  async #runInShell(command: Command): Promise<string> {
    const { text, line } = command;
    if (portsIn(text).some((port) => port !== this.#ports?.page))
      throw new PageError(line, `no server of this page listens there: ${text}`);
    const run = this.#shell.run(shellText(command, this.#ports), COMMAND_TIMEOUT);
    const { output, status } = await run.catch((error: Error) => {
      throw new PageError(line, `${error.message}: ${text}`);
    });
    if (status !== 0) throw new PageError(line, `exit status ${status} from: ${text}\n${output}`);
    return this.#ports ? withPort(output, this.#ports.server, this.#ports.page) : output;
  }

  #kill(): void {
    this.#shell.kill();
    this.#server?.kill();
  }
}
