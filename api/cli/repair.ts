/**
 * npm run repair [-- --write]: checks every file of a stopped server's storage folder and says what is wrong where;
 * with --write it sets bad lines aside and leaves a store that starts. See docs/storage.md.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fs from 'fs-extra';
import { openFolder } from '../../models/engine/folder.js';
import { checkLog, NotOursError, repairLog, type LogCheck } from '../../models/engine/repair_log.js';
import { MODELS } from '../../models/storage.js';
import { loadConfig } from '../config.js';

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** One model's file and what the check found; null when there is no file. */
interface Checked {
  readonly path: string;
  readonly model: string;
  readonly check: LogCheck | null;
}

async function checkAll(folder: string): Promise<Checked[]> {
  const checked = [];
  for (const { name, indexes } of MODELS) {
    const path = join(folder, `${name}.jsonl`);
    checked.push({ path, model: name, check: await checkLog(path, name, indexes) });
  }
  return checked;
}

function report({ path, check }: Checked): void {
  if (!check) say(`${path}: not there; the next start makes it`);
  else if (check.problems.length === 0) say(`${path}: sound, ${check.records} records`);
  else for (const { line, reason } of check.problems) say(`${path}, line ${line}: ${reason}`);
}

/** Checks every file before it changes any; the exit code. */
async function repair(folder: string, write: boolean): Promise<number> {
  const checked = await checkAll(folder);
  checked.forEach(report);
  const broken = checked.filter(({ check }) => check && check.problems.length > 0);
  if (broken.length === 0) return 0;
  if (!write) {
    say(
      'Nothing was changed. "npm run repair -- --write" sets these lines aside and leaves a store that starts.',
    );
    return 1;
  }
  for (const { path, model, check } of broken) {
    if (!check) continue;
    const rejected = await repairLog(path, model, check);
    say(`${path}: repaired, ${check.records} records kept`);
    if (rejected) say(`${path}: ${check.bad.length} lines set aside in ${rejected}`);
  }
  return 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { write: { type: 'boolean', default: false } } });
  // Only the folder matters here: a server's other settings may be wrong or missing.
  const folder = loadConfig({ STORAGE_DIR: process.env['STORAGE_DIR'] }).config.storageDir;
  if (!(await fs.pathExists(folder))) throw new Error(`STORAGE_DIR ${folder}: there is no such folder`);
  const lock = await openFolder(folder, say);
  try {
    return await repair(folder, values.write);
  } finally {
    await lock.release();
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  const { message } = error as Error;
  process.stderr.write(`${message}${error instanceof NotOursError ? '. Nothing was changed.' : ''}\n`);
  process.exitCode = 1;
}
