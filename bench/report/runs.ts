import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fs from 'fs-extra';
import type { Found } from '../lib/findings.js';
import { own } from '../lib/server.js';
import { progress } from '../lib/stats.js';

/** A bench to run, with its options. */
export interface Run {
  readonly name: string;
  readonly args: readonly string[];
}

/** What came of it; `found` is null when it failed before it could say anything. */
export interface Ran extends Run {
  readonly found: Found | null;
  readonly minutes: number;
}

export interface RunsOptions {
  /** True for small settings that only show that everything works. */
  readonly isQuick: boolean;
  readonly soakMinutes: string;
}

/** Every bench that is part of the whole. */
export function runs({ isQuick, soakMinutes }: RunsOptions): Run[] {
  const minutes = ['--minutes', soakMinutes];
  if (isQuick) {
    const few = ['--rounds', '1'];
    const small = ['--sessions', '1000', '10000'];
    return [
      { name: 'start', args: [...few, '--sessions', '10000'] },
      { name: 'http', args: [...few, '--seconds', '1', ...small] },
      { name: 'login', args: [...few, '--seconds', '2', ...small] },
      { name: 'storage', args: [...few, '--ms', '200', '--sessions', '10000', '100000'] },
      { name: 'stores', args: [...few, '--seconds', '1', '--records', '10000'] },
      { name: 'soak', args: minutes },
    ];
  }
  return [
    { name: 'start', args: [] },
    { name: 'http', args: ['--seconds', '2'] },
    { name: 'login', args: [] },
    { name: 'storage', args: ['--rounds', '3'] },
    { name: 'stores', args: ['--rounds', '3', '--seconds', '2', '--records', '100000'] },
    { name: 'soak', args: minutes },
  ];
}

/** Runs one bench as a process of its own; it prints what it finds. */
export async function run({ name, args }: Run, folder: string): Promise<Ran> {
  progress(`npm run bench:${name} -- ${args.join(' ')}`);
  const file = join(folder, `${name}.json`);
  const script = fileURLToPath(new URL(`../${name}.js`, import.meta.url));
  const start = performance.now();
  const nodeArgs = ['--enable-source-maps', script, ...args, '--json', file];
  const bench = spawn(process.execPath, nodeArgs, { stdio: ['ignore', 'inherit', 'inherit'] });
  await once(own(bench, 'SIGTERM'), 'exit');
  const minutes = (performance.now() - start) / 60_000;
  const isThere = await fs.pathExists(file);
  if (!isThere) progress(`bench:${name} FAILED`);
  return { name, args, minutes, found: isThere ? ((await fs.readJson(file)) as Found) : null };
}
