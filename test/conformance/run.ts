import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DOCUMENT, documentText } from './document.js';
import { isBroken, judge, strangers, type Line } from './report.js';
import type { Outcome } from './reporter.js';

// npm run conformance: runs all tests, prints how every requirement stands, and writes docs/conformance.md.

const ROOT = resolve(import.meta.dirname, '../../..');

async function runTests(): Promise<{ outcomes: Outcome[]; code: unknown }> {
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-'));
  const output = join(folder, 'outcomes.json');
  const reporter = join(import.meta.dirname, 'reporter.js');
  const args = ['--reporter', reporter, '--reporter-option', `output=${output}`];
  const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  const [code] = (await once(mocha, 'close')) as unknown[];
  const outcomes = JSON.parse(await readFile(output, 'utf8')) as Outcome[];
  await rm(folder, { recursive: true });
  return { outcomes, code };
}

function shown({ ids, scope, status, result, what }: Line): string {
  return `${status.padEnd(8)}${scope.padEnd(5)}${ids.join(', ')}: ${what} (${result})`;
}

const { outcomes, code } = await runTests();
const lines = judge(outcomes);
await writeFile(DOCUMENT, await documentText(lines));
const broken = lines.filter(isBroken);
const unknown = strangers(outcomes);
console.log(lines.map(shown).join('\n'));
if (unknown.length > 0) console.log(`\nin no line: ${unknown.join(', ')}`);
console.log(`\n${lines.length} lines, ${broken.length} not met${code === 0 ? '' : '; not all tests pass'}`);
process.exitCode = code === 0 && broken.length === 0 ? 0 : 1;
