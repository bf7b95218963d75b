import type { ChildProcess } from 'node:child_process';
import { expect } from 'chai';
import { AIMED_CONNECTIONS, AIMS } from '../../bench/lib/aims.js';
import { Findings, type Found, type Table } from '../../bench/lib/findings.js';
import { pageOf } from '../../bench/report/page.js';
import { runs, type Ran } from '../../bench/report/runs.js';
import { entries } from '../../bench/stores/contestants.js';
import { startEngines } from '../../bench/stores/engines.js';
import { report } from '../../bench/stores/report.js';
import type { Measured } from '../../bench/stores/turns.js';

/** Findings that nobody sees. */
class SilentFindings extends Findings {
  override table(title: string, rows: Table['rows']): void {
    this.tables.push({ title, rows });
  }

  override note(text: string): void {
    this.notes.push(text);
  }
}

function all(isQuick: boolean, found: Found | null = null): Ran[] {
  return runs({ isQuick, soakMinutes: '2' }).map((run) => ({ ...run, found, minutes: 1 }));
}

function pageWith(found: Found): string {
  return pageOf([{ name: 'stores', args: [], minutes: 1, found }], 'npm run bench:all');
}

describe('docs/performance.md', () => {
  for (const isQuick of [false, true]) {
    it(`has a section of each bench${isQuick ? ', however quick it is' : ''}`, () => {
      const page = pageOf(all(isQuick), 'npm run bench:all');

      expect(page.match(/(?<=^## ).*/gm)).to.deep.equal([
        'What is aimed at',
        'How cost grows',
        'Time to the first answer',
        'Requests',
        'Logins',
        'Storage',
        'Redis and PostgreSQL',
        'Soak',
      ]);
    });
  }

  it('says so when a bench failed', () => {
    expect(pageOf(all(false), '').match(/\*\*It failed/g)).to.have.length(6);
  });
});

describe('docs/performance.md on Redis and PostgreSQL', () => {
  /** What servers did in one round. */
  const measured = [400, 300, 100].map((perSecond, i): Measured => {
    const child = { pid: process.pid } as ChildProcess;
    const name = ['gatehouse, files', 'gatehouse, files + Redis', 'express-session, Redis'][i] ?? '';
    const reading = [{ requests: perSecond, perSecond, p50: 1, p99: 2, cpu: 3, engineCpu: 4 }];
    return {
      server: { name, port: 0, child },
      engines: ['redis'],
      logins: [],
      reads: [],
      reading,
      loggingIn: [],
    };
  });

  it('has the table, the connections and what must be reached over them', () => {
    const findings = new SilentFindings();

    report(measured, AIMED_CONNECTIONS, findings);

    const page = pageWith(findings);
    expect(page).to.include('"who am I" over 64 connections, 256 users in turns:');
    expect(page).to.match(/^\| express-session, Redis \| 100 \| 0\.25 \|/m);
    expect(page).to.match(
      /^\| users\/me, 64 connections, sessions in Redis .* \| 3 x \| 4 x \| 3\.00 x \| must \|$/m,
    );
  });

  it('judges nothing that was measured over other connections', () => {
    const findings = new SilentFindings();

    report(measured, 2, findings);

    const page = pageWith(findings);
    expect(page).to.include('"who am I" over 2 connections, 256 users in turns:');
    expect(page).to.include('| gatehouse, files + Redis | express-session, Redis | 3.00 |');
    expect(page).to.include(`0 miss it, ${AIMS.length} were not measured.`);
  });

  it('names what the machine does not have, and measures what it has', async () => {
    const findings = new SilentFindings();
    const { PATH } = process.env;
    Object.assign(process.env, { PATH: '', BENCH_POSTGRES_URL: 'postgres://db.example/' });

    const engines = await startEngines(findings);
    Object.assign(process.env, { PATH });
    delete process.env['BENCH_POSTGRES_URL'];

    expect(pageWith(findings)).to.include(
      '\n\nRedis is not installed or does not start, and BENCH_REDIS_URL is not set: whatever needs it is skipped.\n',
    );
    expect(entries('', engines).map(({ name }) => name)).to.deep.equal([
      'gatehouse, files',
      'gatehouse, PostgreSQL',
      'express-session, PostgreSQL',
      'express-session, PostgreSQL, users there too',
      '… without touching sessions',
    ]);
  });

  it('compares nothing where there is neither', () => {
    expect(entries('', { postgres: null, redis: null })).to.deep.equal([]);
  });
});
