import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** More than any password may have: what is longer is not read to its end. */
const INPUT_MAX = 64 * 1024;

/** No password came; the message says why. */
export class NoPasswordError extends Error {
  override readonly name = 'NoPasswordError';
}

/**
 * A new password: asked for twice on a terminal, without showing it, else the one line that standard input has.
 * @throws NoPasswordError when it is empty, typed differently, no single line of valid UTF-8, or given up (Ctrl-C).
 */
export async function askPassword(): Promise<string> {
  const password = process.stdin.isTTY ? await askTwice() : lineOf(await readInput());
  if (password === '') throw new NoPasswordError('no password was given');
  return password;
}

async function askTwice(): Promise<string> {
  // readline switches the terminal's own echo off and echoes into `output`: nowhere.
  const output = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output, terminal: true, historySize: 0 });
  const lines = terminal[Symbol.asyncIterator]();
  try {
    const password = await ask('Password: ', lines);
    if (password !== (await ask('Again: ', lines))) throw new NoPasswordError('the two passwords differ');
    return password;
  } finally {
    terminal.close();
  }
}

async function ask(question: string, lines: AsyncIterator<string, unknown>): Promise<string> {
  process.stderr.write(question);
  const line = await lines.next();
  process.stderr.write('\n');
  // Ctrl-C and Ctrl-D end the lines.
  if (line.done) throw new NoPasswordError('no password was given');
  return line.value;
}

async function readInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > INPUT_MAX) break;
  }
  return Buffer.concat(chunks);
}

/** The text without the line break that `echo` and editors add; everything else belongs to the password. */
function lineOf(input: Buffer): string {
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(input);
  } catch {
    throw new NoPasswordError('the password is not valid UTF-8');
  }
  const line = text.replace(/\r?\n$/, '');
  if (/[\r\n]/.test(line)) throw new NoPasswordError('the password must be one line');
  return line;
}
