import { expect } from 'chai';
import type { Cookie } from 'playwright-core';
import type { AuthType } from '../../api/config.js';
import type { User } from '../../models/user.js';
import { makeUser } from '../support/app.js';
import { makeCertificate } from '../support/certificate.js';
import { clickThrough, needChromium, openTab, type Tab } from '../support/chromium.js';
import { logInAt, noticeOf, sendLogin, startSite } from '../support/site.js';
import { tempFolder } from '../support/temp_storage.js';

/** What production asks of passwords, and of their hashes. */
const LONG_PASSWORD = 'correct horse battery staple';
const SCRYPT_COST = '13,8,10';
/** Hours that cookies last: the visitor's, a known device's, a remembered session's, and a session's in production. */
const [VISIT, DEVICE, REMEMBERED, WORKDAY] = [24, 180 * 24, 30 * 24, 12];

/** The cookies that a browser keeps, by name, with the hours that are left; null: until it is closed. */
async function cookiesOf({ context }: Tab): Promise<Readonly<Record<string, object>>> {
  const cookies = await context.cookies();
  return Object.fromEntries(cookies.map((cookie) => [cookie.name, attributesOf(cookie)]));
}

function attributesOf({ domain, path, httpOnly, secure, sameSite, expires }: Cookie): object {
  const hours = expires === -1 ? null : Math.round((expires - Date.now() / 1000) / 3600);
  return { domain, path, httpOnly, secure, sameSite, hours };
}

const plain = (domain: string, hours: number | null) => ({
  domain,
  path: '/',
  httpOnly: true,
  secure: false,
  sameSite: 'Lax',
  hours,
});
const secure = (hours: number | null) => ({ ...plain('localhost', hours), secure: true });

describe('the cookies in a browser', function () {
  this.timeout(20_000);
  beforeEach(needChromium);

  /** A site with one user, and the name of its session cookie. */
  async function siteWithUser(authType: AuthType): Promise<{ origin: string; user: User; name: string }> {
    let user: User | null = null;
    const { origin } = await startSite(authType, { seed: async () => (user = await makeUser()) });
    const name = authType === 'jwt_auth' ? 'access_token_cookie' : '_my_session_id';
    return { origin, user: user as unknown as User, name };
  }

  for (const authType of ['session_db_auth', 'jwt_auth'] as const) {
    it(`V3.3.4 are out of reach for scripts and other sites under ${authType}`, async () => {
      const { origin, user, name } = await siteWithUser(authType);
      const [tab, remembering] = [await openTab(), await openTab()];

      await tab.page.goto(origin);
      expect(await cookiesOf(tab), 'after the start page').to.deep.equal({});
      await tab.page.goto(`${origin}/login`);
      expect(await cookiesOf(tab)).to.deep.equal({ visitor: plain('localhost', VISIT) });
      await sendLogin(tab, user);
      await logInAt(remembering, origin, { email: user.email, remember: true });

      const others = { visitor: plain('localhost', VISIT), device: plain('localhost', DEVICE) };
      expect(await cookiesOf(tab)).to.deep.equal({ [name]: plain('localhost', null), ...others });
      expect(await cookiesOf(remembering)).to.deep.equal({
        [name]: plain('localhost', REMEMBERED),
        ...others,
      });
      expect(await tab.page.evaluate(() => document.cookie)).to.equal('');
    });
  }

  it('are new at a login, and the one of the session goes at logout', async () => {
    const { origin, user } = await siteWithUser('session_auth');
    const tab = await openTab();
    const valuesOf = async () =>
      new Map((await tab.context.cookies()).map(({ name, value }) => [name, value] as const));
    await tab.page.goto(`${origin}/login`);
    const before = await valuesOf();

    await sendLogin(tab, user);
    const after = await valuesOf();
    await clickThrough(tab.page, 'Log out');

    expect(after.get('visitor')).to.be.a('string').and.not.equal(before.get('visitor'));
    expect([...(await valuesOf()).keys()].toSorted()).to.deep.equal(['device', 'visitor']);
  });

  it('V3.3.1, V3.3.3 are Secure and __Host- in production on https, where pages work too', async () => {
    const { cert, key } = await makeCertificate(await tempFolder());
    const env = { NODE_ENV: 'production', SCRYPT_COST, TLS_CERT: cert, TLS_KEY: key };
    const { origin } = await startSite('jwt_auth', { env });
    const tab = await openTab({ ignoreHTTPSErrors: true });

    await tab.page.goto(`${origin}/register`);
    await tab.page.getByLabel('Email').fill('ann@example.org');
    await tab.page.getByLabel('Password').fill(LONG_PASSWORD);
    await clickThrough(tab.page, 'Create account');
    await sendLogin(tab, { email: 'ann@example.org', password: LONG_PASSWORD });

    expect(await cookiesOf(tab)).to.deep.equal({
      '__Host-access_token_cookie': secure(WORKDAY),
      '__Host-visitor': secure(VISIT),
      '__Host-device': secure(DEVICE),
    });
    await tab.page.goto(`${origin}/profile`);
    expect(await tab.page.getByRole('heading', { level: 1 }).innerText()).to.equal('My Profile');
    expect(tab.complaints).to.deep.equal([]);
  });
});

describe('the pages on plain http by a name of the local network', function () {
  this.timeout(20_000);
  beforeEach(needChromium);

  for (const isProduction of [false, true]) {
    it(`work without Fetch Metadata${isProduction ? ' in production' : ''}`, async () => {
      const env = isProduction ? { NODE_ENV: 'production', ALLOW_HTTP: '1', SCRYPT_COST } : {};
      const { port } = await startSite('session_exp_auth', { env });
      const origin = `http://gate.lan:${port}`;
      const tab = await openTab();
      const { page } = tab;
      const email = 'ann@example.org';

      await page.goto(`${origin}/register`);
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill(LONG_PASSWORD);
      const [request] = await Promise.all([
        page.waitForRequest((one) => one.method() === 'POST'),
        clickThrough(page, 'Create account'),
      ]);
      const sent = await request.allHeaders();
      await sendLogin(tab, { email, password: LONG_PASSWORD });
      await clickThrough(page, 'My Profile');
      await page.getByLabel('First name').fill('Ann');
      await clickThrough(page, 'Save name');

      expect(sent, 'what makes this a case of its own').to.not.have.property('sec-fetch-site');
      expect(sent).to.include({ origin });
      expect(await noticeOf(tab)).to.equal('Your name is saved.');
      const session = isProduction ? 'session' : '_my_session_id';
      expect(await cookiesOf(tab)).to.deep.equal({
        [session]: plain('gate.lan', isProduction ? WORKDAY : null),
        visitor: plain('gate.lan', VISIT),
        device: plain('gate.lan', DEVICE),
      });
      expect(await page.evaluate(() => getComputedStyle(document.body).margin), 'styles').to.equal('0px');
      expect(tab.complaints).to.deep.equal([]);
    });
  }
});
