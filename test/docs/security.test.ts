import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadConfig } from '../../api/config.js';
import { PASSWORD_MAX_BYTES } from '../../models/password.js';
import { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { buildApp, makeUser, PASSWORD } from '../support/app.js';

const PAGE = readFileSync(
  fileURLToPath(new URL('docs/security.md', import.meta.resolve('#package'))),
  'utf8',
);
const ENV = { NODE_ENV: 'production', TRUST_PROXY: '1' };
/** What a character of base64url stands for, in bits. */
const BITS = 6;

/** The rows of the table under a heading: their cells. */
function rowsUnder(heading: string): string[][] {
  const [, section = ''] = PAGE.split(`\n## ${heading}\n`);
  const rows = section.split('\n## ')[0]!.matchAll(/^\|(.*)\|$/gm);
  const cells = [...rows].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
  return cells.slice(2);
}

/** The numbers in a text. */
function numbersIn(text: string): number[] {
  return [...text.matchAll(/\d+/g)].map(Number);
}

const secondsBetween = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;

/** What production does, in the order of the page's table. */
async function measuredLimits(): Promise<number[][]> {
  const app = buildApp({ authType: 'session_db_auth', env: ENV });
  const { config } = app;
  const { email, id } = await makeUser();
  const login = (more: object) =>
    app
      .request()
      .post('/auth/login')
      .set('X-Forwarded-Proto', 'https')
      .send({ email, password: PASSWORD, ...more });
  const [usual, remembered] = [await login({}), await login({ remember: true })];
  const maxAge = (cookie: string | undefined) => numbersIn(/Max-Age=\d+/.exec(cookie ?? '')?.[0] ?? '');
  const { created_at, last_seen_at, idle_expires_at, expires_at } = usual.body.session;
  const [, deviceCookie] = usual.get('Set-Cookie') ?? [];
  const token = (await (await User.get(id))?.startReset()) ?? '';
  const resetEnd = String((await User.get(id))?.toRecord()['reset_expires_at']);
  const ceiling = buildApp({ authType: 'session_exp_auth', env: { ...ENV, SESSION_DURATION: '99999999' } });
  const { scrypt } = config;

  return [
    [secondsBetween(last_seen_at, idle_expires_at)],
    [secondsBetween(created_at, expires_at)],
    maxAge(remembered.get('Set-Cookie')?.[0]),
    [ceiling.auth?.sessions?.lifetime ?? 0],
    [config.maxSessions],
    [config.freshSeconds],
    [config.passwordMin, loadConfig({}).config.passwordMin],
    [PASSWORD_MAX_BYTES],
    [scrypt.cost.logN, scrypt.cost.r, scrypt.cost.p],
    [scrypt.waiting, scrypt.waiting / 2],
    [BITS * (await UserSession.start(id)).length],
    [BITS * token.length, secondsBetween(new Date(app.clock.now).toISOString(), resetEnd)],
    maxAge(deviceCookie),
    numbersIn(usual.get('Strict-Transport-Security') ?? ''),
    [config.audit.days, config.audit.maxMegabytes],
  ];
}

describe('docs/security.md', () => {
  it('V6.1.1, V7.1.1 states the limits and windows that hold in production', async () => {
    const documented = rowsUnder('Limits').map(([, figure = '']) => numbersIn(figure));

    expect(documented).to.deep.equal(await measuredLimits());
  });

  it('V8.1.2 says of every stored attribute of users and sessions who sees it', async () => {
    buildApp({ authType: null });
    const user = await makeUser();
    await user.startReset();
    await UserSession.start(user.id);
    const [session] = await UserSession.allOf(user.id);
    await user.endSessions(session);
    const documented = rowsUnder('Who may do what').map(([field = '']) => field);
    const attributesOf = (model: string): string[] =>
      documented
        .filter((field) => field.startsWith(`${model}: `))
        .flatMap((field) => [...field.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));

    expect(attributesOf('user')).to.have.members(Object.keys((await User.get(user.id))?.toRecord() ?? {}));
    expect(attributesOf('session')).to.have.members(Object.keys(session?.toRecord() ?? {}));
  });
});
