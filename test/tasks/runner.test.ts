import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { runPage, type PageResult } from './run_page.js';

const PROJECT = fileURLToPath(new URL('../../../', import.meta.url));

/** Runs a page of one console block. */
function run(...lines: string[]): Promise<PageResult> {
  return runPage(['# A page', '', '```console', ...lines, '```', ''].join('\n'), { project: PROJECT });
}

describe('the runner of the task list', function () {
  this.timeout(30_000);

  it('passes a page whose commands print what it says', async () => {
    expect(await run('$ NAME=bob', '$ echo "hello $NAME"', 'hello bob')).to.deep.equal({
      passed: 1,
      leftOut: 0,
      failure: null,
    });
  });

  it('tells the line of the page where the output differs', async () => {
    const { passed, failure } = await run('$ echo one', 'one', '$ printf "%s\\n" \\', '  a b', 'a', 'c');

    expect(passed).to.equal(1);
    expect(failure?.line).to.equal(9);
    expect(failure?.message).to.contain('expected c\ngot b');
  });

  it('fails a page when a command prints too much, too little, or fails', async () => {
    expect((await run('$ echo one', 'one', '$ echo two')).failure?.message).to.contain('nothing more');
    expect((await run('$ echo one >&2', 'two')).failure?.message).to.contain('got one');
    expect((await run('$ true', 'one')).failure?.message).to.contain('got (nothing)');
    expect((await run('$ echo one; false', 'one')).failure?.message).to.contain('exit status 1');
    expect((await run('$ false | echo one', 'one')).failure?.message).to.contain('exit status 1');
    expect((await run('$ echo "one', 'one')).failure?.message).to.contain('exit status');
    expect((await run('$ exit', 'one')).failure?.message).to.contain('the shell ended');
  });

  it('fails a page that checks nothing', async () => {
    expect((await runPage('# A page\n', { project: PROJECT })).failure).to.not.equal(null);
    expect((await run('$ echo one', '…')).failure?.message).to.contain('checks nothing');
  });

  it('fails a page that expects another status or body of the server', async () => {
    const status = "$ curl -s -o /dev/null -w '%{http_code}\\n' http://localhost:5000/api/v1/users";
    const good = await run('$ AUTH_TYPE=auth npm start', status, '401');
    const wrongStatus = await run('$ AUTH_TYPE=auth npm start', status, '200');
    const body = '$ curl -s http://localhost:5000/api/v1/status';
    const wrongBody = await run('$ npm start', body, '{"status":"KO"}');

    expect(good).to.deep.equal({ passed: 1, leftOut: 0, failure: null });
    expect(wrongStatus.failure?.message).to.contain('expected 200\ngot 401');
    expect(wrongBody.failure?.message).to.contain('got {"status":"OK"}');
  });

  it('fails a page whose server starts and should not, or the reverse', async () => {
    const refused = await run('$ AUTH_TYPE=nobody npm start', '…', '  - AUTH_TYPE must be one of …');

    expect(refused.failure).to.equal(null);
    expect((await run('$ AUTH_TYPE=nobody npm start', '$ echo a', 'a')).failure?.line).to.equal(4);
    expect((await run('$ npm start', 'AUTH_TYPE …')).failure?.message).to.contain('the server starts');
  });

  it('refuses a request to a server that is not its own, and a duration that does not divide', async () => {
    const early = await run('$ curl -s http://localhost:5000/api/v1/status', '{"status":"OK"}');
    const astray = await run('$ API_PORT=5001 npm start', '$ curl -s localhost:5000', 'x');
    const page = '```console speed=7\n$ SESSION_DURATION=60 npm start\n$ echo a\na\n```';
    const uneven = await runPage(page, { project: PROJECT });

    expect(early.failure?.message).to.contain('no server');
    expect(astray.failure?.message).to.contain('no server');
    expect(uneven.failure?.message).to.contain('whole seconds');
  });
});

describe('docs/tasks', () => {
  const folder = join(PROJECT, 'docs/tasks');
  const pages = readdirSync(folder).filter((name) => name !== 'README.md');

  it('has a page for each of the 14 and 11 tasks, and each is in the index', () => {
    const wanted = [14, 11].flatMap((tasks, list) =>
      Array.from({ length: tasks }, (_, task) => `0x0${list + 1}-${String(task).padStart(2, '0')}`),
    );
    const index = readFileSync(join(folder, 'README.md'), 'utf8');

    expect(pages.map((name) => name.slice(0, 7)).toSorted()).to.deep.equal(wanted);
    for (const name of pages) expect(index).to.contain(`](${name})`);
  });

  it('links only to what exists', () => {
    for (const name of [...pages, 'README.md']) {
      const links = readFileSync(join(folder, name), 'utf8').matchAll(/\]\(([^)#:]+)\)/g);
      for (const [, link] of links)
        expect(existsSync(join(dirname(join(folder, name)), link ?? '')), `${name}: ${link}`).to.equal(true);
    }
  });
});
