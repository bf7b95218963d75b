import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PostgresProcess, runSql } from '../support/postgres_process.js';
import { RedisProcess } from '../support/redis_process.js';
import type { StoreName } from '../support/stores.js';
import { SUITES } from './suites.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const TESTS = join(PROJECT, 'dist', 'test');

/** Where records are kept, and how many servers share them. Files are for one process. */
const ARRANGEMENTS: readonly (readonly [StoreName, servers: number])[] = [
  ['file', 1],
  ['postgres', 1],
  ['postgres', 2],
  ['postgres+redis', 1],
  ['postgres+redis', 2],
];

/** The compiled test files of the suites. */
async function filesOf(suites: readonly string[]): Promise<string[]> {
  const lists = suites.map(async (suite) => {
    const path = join(TESTS, suite.replace(/\.ts$/, '.js'));
    if (path.endsWith('.js')) return [path];
    const names = await readdir(path, { recursive: true });
    return names.filter((name) => name.endsWith('.test.js')).map((name) => join(path, name));
  });
  return (await Promise.all(lists)).flat();
}

/** Resolves to the exit status of a program that says what it does by itself. */
async function run(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const child = spawn(process.execPath, args, {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: 'inherit',
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}

/** Resolves to true when everything passes on the arrangement. */
async function passes(store: StoreName, servers: number, files: readonly string[]): Promise<boolean> {
  const env = { TEST_STORE: store, TEST_SERVERS: String(servers) };
  console.log(`\n-- ${store}, ${servers === 1 ? 'one server' : `${servers} servers`}`);
  const mocha = [
    join('node_modules', 'mocha', 'bin', 'mocha.js'),
    '--no-config',
    '--parallel',
    '--jobs',
    '2',
  ];
  const options = ['--require', 'dist/test/support/setup.js', '--timeout', '10000', '--reporter', 'dot'];
  const tests = await run([...mocha, '--node-option', 'enable-source-maps', ...options, ...files], env);
  const tasks = await run(['--enable-source-maps', join('dist', 'test', 'tasks', 'run.js')], env);
  return tests === 0 && tasks === 0;
}

/** @param wanted names of stores, with or without a number of servers; none: all arrangements. */
async function main(wanted: readonly string[]): Promise<number> {
  // What is lost when the machine stops is of no interest here, and every page of the task list has its own database.
  const postgres = process.env['TEST_POSTGRES_URL'] ? null : await PostgresProcess.start({ fsync: 'off' });
  const redis = process.env['TEST_REDIS_URL'] ? null : await RedisProcess.start({ databases: '64' });
  if (postgres) process.env['TEST_POSTGRES_URL'] = postgres.url;
  if (redis) process.env['TEST_REDIS_URL'] = redis.url;
  const files = await filesOf(SUITES);
  let failed = 0;
  for (const [store, servers] of ARRANGEMENTS) {
    if (wanted.length > 0 && !wanted.includes(store) && !wanted.includes(`${store}*${servers}`)) continue;
    if (!(await passes(store, servers, files))) failed += 1;
  }
  await Promise.all([postgres?.stop(), redis?.stop()]);
  if (!postgres) await dropSchemas(process.env['TEST_POSTGRES_URL'] ?? '');
  return failed;
}

/** Removes from somebody's own server what the tests left there for the next one of their process. */
async function dropSchemas(url: string): Promise<void> {
  const made = await runSql(
    url,
    String.raw`select nspname as name from pg_namespace where nspname ~ '^gatehouse_(stores|tasks)_\d'`,
  );
  for (const { name } of made) await runSql(url, `drop schema ${String(name)} cascade`);
}

process.exitCode = await main(process.argv.slice(2));
