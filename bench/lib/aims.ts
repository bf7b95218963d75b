/** A figure that we want to reach. */
export interface Aim {
  /** Its name among the findings. */
  readonly figure: string;
  readonly what: string;
  readonly must: number;
  readonly aim: number;
  readonly unit: '' | ' x' | ' B';
  /** True: more is better. */
  readonly isFloor: boolean;
}

function floor(figure: string, what: string, must: number, aim: number, unit: Aim['unit'] = ''): Aim {
  return { figure, what, must, aim, unit, isFloor: true };
}

function ceiling(figure: string, what: string, must: number, aim: number, unit: Aim['unit'] = ''): Aim {
  return { figure, what, must, aim, unit, isFloor: false };
}

/** The connections that the aims of requests are about: over a few of them, little arrives together. */
export const AIMED_CONNECTIONS = 64;

const OVER = `users/me, ${AIMED_CONNECTIONS} connections`;

/** What Gatehouse must reach and aims at: each a ratio of two things measured in one run. */
export const AIMS: readonly Aim[] = [
  floor('http.koa', 'users/me, session_db_auth, 10k sessions held ÷ bare Koa, req/s', 0.85, 1),
  floor('http.logging', '… with LOG_LEVEL=info to a file', 0.7, 0.85),
  floor('http.express', '… ÷ express-session MemoryStore', 4.5, 6, ' x'),
  floor('http.fastify', '… ÷ @fastify/session (memory)', 1.4, 2, ' x'),
  floor('http.koaSession', '… ÷ koa-session (memory store)', 1.7, 2.2, ' x'),
  floor('http.million', '… at 1M sessions ÷ at 1k sessions', 0.9, 1),
  floor('http.basic', 'basic_auth, repeat caller ÷ bare Koa', 0.6, 0.85),
  floor('http.jwt', 'jwt_auth ÷ bare Koa', 0.4, 0.7),
  floor('writes.bare', 'durable session writes, 64 writers ÷ bare group-commit log', 0.5, 0.8),
  floor('writes.sqlite', '… ÷ better-sqlite3 FULL, one transaction a tick', 1.5, 2.5, ' x'),
  ceiling('reopen', 'reopen 1M sessions, all indexes ÷ JSON.parse per line into a Map', 1.5, 0.7),
  ceiling('memory', 'memory per session at 1M, full records and all indexes', 600, 350, ' B'),
  floor('login.rate', 'logins/s under light reads ÷ raw scrypt limit of the cores', 0.85, 0.95),
  ceiling('login.p99', 'p99 of users/me during a login flood ÷ calm', 4.5, 2.5, ' x'),
  ceiling('housekeeping.p99', 'p99 of users/me during compaction and sweep of 1M ÷ calm', 3, 1.5, ' x'),
  floor('stores.redis', `${OVER}, sessions in Redis ÷ express-session, same Redis`, 3, 4, ' x'),
  floor('stores.both', '… and users in PostgreSQL ÷ the same', 3, 5, ' x'),
  floor('stores.postgres', '…, all in PostgreSQL ÷ express-session, same PostgreSQL', 3, 6, ' x'),
  floor('stores.untouched', '… ÷ the same without touching sessions', 3, 5, ' x'),
  ceiling('start', 'start on an empty store ÷ bare Koa', 1.5, 1.15),
];

/** The number of sessions that they are about where they say a million. */
export const AIMED_SESSIONS = 1_000_000;

export type Verdict = 'aim' | 'must' | 'MISSED' | 'not measured';

export function verdictOf({ must, aim, isFloor }: Aim, measured: number | undefined): Verdict {
  if (measured === undefined || Number.isNaN(measured)) return 'not measured';
  const reaches = (limit: number): boolean => (isFloor ? measured >= limit : measured <= limit);
  if (reaches(aim)) return 'aim';
  return reaches(must) ? 'must' : 'MISSED';
}

/** A measured value with its unit. */
export function shown({ unit }: Aim, measured: number | undefined): string {
  return measured === undefined ? '-' : `${measured.toFixed(unit === ' B' ? 0 : 2)}${unit}`;
}

/** The table of aims, or the part of it for which there are figures. */
export function aimRows(
  figures: Readonly<Record<string, number>>,
  isWanted: (aim: Aim) => boolean = () => true,
): string[][] {
  const rows = AIMS.filter(isWanted).map((aim) => {
    const measured = figures[aim.figure];
    const must = `${aim.must}${aim.unit}`;
    return [aim.what, must, `${aim.aim}${aim.unit}`, shown(aim, measured), verdictOf(aim, measured)];
  });
  return [['what', 'must', 'aim', 'measured', 'reached'], ...rows];
}
