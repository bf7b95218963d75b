import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../../..');

/** The rows of a table as it is printed, without figures that belong to a machine. */
function rowsOf(text: string): string[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' | '))
    .filter((row) => !row.startsWith('request and answer'));
}

it('npm run compare prints the table of docs/sessions-vs-jwt.md', async () => {
  const script = join(ROOT, 'dist/bench/compare.js');
  const documented = readFileSync(join(ROOT, 'docs/sessions-vs-jwt.md'), 'utf8');
  const [, table = ''] = /```\n\$ npm run --silent compare\n([^`]+)```/.exec(documented) ?? [];

  const { stdout } = await promisify(execFile)(process.execPath, [script], { env: { REQUESTS: '1' } });

  expect(rowsOf(stdout)).to.deep.equal(rowsOf(table));
  expect(stdout).to.match(/^request and answer, ratio {2,}1\.00 +\d+\.\d\d$/m);
}).timeout(30_000);
