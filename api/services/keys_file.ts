import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import fs from 'fs-extra';
import { Keys } from './keys.js';

const FORMAT = 'gatehouse-keys';
const VERSION = 1;
const SECRET_BYTES = 32;
/** Base64url of at least that many bytes. */
const SECRET = /^[\w-]{43,}$/;

/** The keys file cannot be used; the message says why, and what to do. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError';
}

export interface KeysOptions {
  readonly keysFile: string;
  /** Keys that count instead of the file's, newest first. */
  readonly appKeys: readonly string[];
  /** Told about anything an operator should know. */
  readonly warn: (message: string) => void;
}

/**
 * The signing keys: those of `APP_KEYS`, else those of the keys file, which the first start makes. A file that is
 * there is never written to.
 * @throws KeysFileError when it is no keys file, or cannot be read or made.
 */
export async function openKeys({ keysFile, appKeys, warn }: KeysOptions): Promise<Keys> {
  if (appKeys.length > 0) return new Keys(appKeys.map((key) => Buffer.from(key)));
  const text = await readOrMake(keysFile).catch((error: unknown) => {
    throw new KeysFileError(`${keysFile} cannot be used: ${(error as Error).message}`);
  });
  const { mode } = await fs.stat(keysFile);
  if ((mode & 0o077) !== 0) warn(`${keysFile} can be read by other users of this machine: chmod 600 it`);
  return new Keys(secretsIn(text, keysFile));
}

async function readOrMake(path: string): Promise<string> {
  if (!(await fs.pathExists(path))) await makeFile(path);
  return fs.readFile(path, 'utf8');
}

function secretsIn(text: string, path: string): Buffer[] {
  try {
    return parse(text);
  } catch (error) {
    throw new KeysFileError(
      `${path} cannot be used: ${(error as Error).message}. Nothing was changed. Bring it back from a backup; or ` +
        'move it away, and the next start makes new keys: what the old ones signed is void then',
    );
  }
}

/** Writes the file whole or not at all, and never over another one: a second process may be making it too. */
async function makeFile(path: string): Promise<void> {
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  const keys = [{ created_at: new Date().toISOString(), secret }];
  const text = `${JSON.stringify({ format: FORMAT, version: VERSION, keys }, null, 2)}\n`;
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await writeSynced(temporary, text);
    await fs.link(temporary, path).catch(async (error: unknown) => {
      // Somebody was first: theirs counts. Anything else: a file system without links.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await fs.rename(temporary, path);
    });
  } finally {
    await fs.remove(temporary);
  }
  await syncFolder(dirname(path));
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await fs.open(path, 'w', 0o600);
  try {
    await fs.writeFile(file, text);
    await fs.fsync(file);
  } finally {
    await fs.close(file);
  }
}

async function syncFolder(folder: string): Promise<void> {
  const file = await fs.open(folder, 'r');
  try {
    await fs.fsync(file);
  } finally {
    await fs.close(file);
  }
}

/** @throws Error saying what is wrong, without showing anything of the content. */
function parse(text: string): Buffer[] {
  const { format, version, keys } = parseObject(text);
  if (format !== FORMAT) throw new Error('it is no keys file of Gatehouse');
  if (version !== VERSION) throw new Error('another version of Gatehouse wrote it');
  if (!Array.isArray(keys) || keys.length === 0) throw new Error('it holds no keys');
  return keys.map((key: unknown) => {
    const { secret } = asObject(key);
    if (typeof secret !== 'string' || !SECRET.test(secret)) throw new Error('one of its keys is no key');
    return Buffer.from(secret, 'base64url');
  });
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    return asObject(JSON.parse(text));
  } catch {
    // The parser's own message quotes the text, which may be half a secret.
    throw new Error('it is not valid JSON');
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
