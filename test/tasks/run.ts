import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { newPlace } from './places.js';
import { runPage, type PageResult } from './run_page.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));
const FOLDER = 'docs/tasks';
/** Pages run at the same time. More would make one page's hashing eat up the seconds that another one measures. */
const AT_ONCE = 2;

/** The pages whose name holds one of the wanted texts, all of them when none is wanted. */
async function findPages(wanted: readonly string[]): Promise<string[]> {
  const names = await readdir(join(PROJECT, FOLDER));
  const pages = names.filter((name) => name.endsWith('.md') && name !== 'README.md').toSorted();
  if (pages.length === 0) throw new Error(`no pages in ${FOLDER}`);
  return [...pages.map((name) => `${FOLDER}/${name}`), 'README.md'].filter(
    (page) => wanted.length === 0 || wanted.some((text) => page.includes(text)),
  );
}

/** `docs/tasks/0x01-05-gate.md` is shown as `0x01-05 gate`. */
function titleOf(page: string): string {
  const name = page.slice(page.lastIndexOf('/') + 1, -'.md'.length);
  const [, task, words] = /^(0x\d\d-\d\d)-(.+)$/.exec(name) ?? [];
  return task && words ? `${task} ${words.replaceAll('-', ' ')}` : name;
}

function report(page: string, { passed, leftOut, failure }: PageResult): void {
  const without = leftOut > 0 ? `, without ${leftOut} that look at files` : '';
  const checks = `${passed === 1 ? '1 check' : `${passed} checks`}${without}`;
  if (!failure) {
    console.log(`✓ ${titleOf(page)} (${checks})`);
    return;
  }
  const message = failure.message.trimEnd().replaceAll('\n', '\n    ');
  console.log(`✗ ${titleOf(page)}, ${page} line ${failure.line}:\n    ${message}`);
}

/** Runs the pages that the arguments name and reports on them in order; resolves to the exit status. */
async function main(wanted: readonly string[], signal: AbortSignal): Promise<number> {
  const pages = await findPages(wanted);
  const limit = pLimit(AT_ONCE);
  const runs = pages.map((page, number) =>
    limit(async () => {
      const text = await readFile(join(PROJECT, page), 'utf8');
      return runPage(text, { project: PROJECT, place: await newPlace(number), signal });
    }),
  );
  const ended = Promise.allSettled(runs);
  let failed = 0;
  try {
    for (const [index, page] of pages.entries()) {
      const result = (await runs[index]) as PageResult;
      signal.throwIfAborted();
      report(page, result);
      if (result.failure) failed += 1;
    }
  } finally {
    await ended;
  }
  console.log(`${pages.length - failed} passed, ${failed} failed`);
  return pages.length === 0 || failed > 0 ? 1 : 0;
}

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort(name));
try {
  process.exitCode = await main(process.argv.slice(2), stop.signal);
} catch (error) {
  console.error(stop.signal.aborted ? `stopped by ${String(stop.signal.reason)}` : error);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
