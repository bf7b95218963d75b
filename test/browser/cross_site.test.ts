import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Request } from 'playwright-core';
import type { User } from '../../models/user.js';
import { makeUser, PASSWORD } from '../support/app.js';
import { lure, startAttacker, type Trap } from '../support/attacker.js';
import { needChromium, openTab, type Tab } from '../support/chromium.js';
import { formsOf } from '../support/html.js';
import { FORMS } from '../support/page_forms.js';
import { startSite, type Site } from '../support/site.js';

/** Where an attack comes from, whom it is on, and what browsers say of it. */
interface Attack {
  readonly from: string;
  readonly host: string;
  readonly hides: boolean;
  readonly hasCookies: boolean;
  /** `Sec-Fetch-Site` and `Origin`; the attacker's own where it is null. */
  readonly says: { readonly site: string | undefined; readonly origin: string | null };
}

const ATTACKS: readonly Attack[] = [
  attack('localhost', 'localhost', 'same-site', true),
  attack('evil.example', 'localhost', 'cross-site', false),
  // On plain http browsers do not say from where; and a page can hide its origin too.
  attack('gate.lan', 'gate.lan', undefined, true),
  {
    ...attack('gate.lan', 'gate.lan', undefined, true),
    hides: true,
    says: { site: undefined, origin: 'null' },
  },
];

function attack(from: string, host: string, site: string | undefined, hasCookies: boolean): Attack {
  return { from, host, hides: false, hasCookies, says: { site, origin: null } };
}

/** Somebody who knows everything but the token, and whoever is to be harmed. */
interface Scene {
  readonly site: Site;
  readonly attackerPort: number;
  readonly tab: Tab;
}

/** Lures the tab to a page that sends a form; resolves to the request that this made. */
async function spring({ site: { port }, tab: { page } }: Scene, address: string): Promise<Request> {
  const [request] = await Promise.all([
    page.waitForRequest((one) => one.method() === 'POST'),
    page.goto(address, { waitUntil: 'commit' }),
  ]);
  await page.waitForURL((url) => url.port === String(port));
  return request;
}

/** Logs in at the site, or only looks at it; the cookies count under its other name too. */
async function visit({ site: { origin }, tab: { context } }: Scene, user: User | null): Promise<void> {
  await context.clearCookies();
  await context.request.get(`${origin}/login`);
  if (user)
    await context.request.post(`${origin}/login`, { data: { email: user.email, password: PASSWORD } });
  const cookies = await context.cookies();
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, domain: 'gate.lan' })));
}

/** What a page of the site would put into its forms for this browser. */
async function tokenOf({ site: { origin }, tab: { context } }: Scene): Promise<string> {
  const response = await context.request.get(`${origin}/login`);
  const token = formsOf(await response.text())[0]?.fields.get('_csrf');
  if (token === undefined) throw new Error('no token');
  return token;
}

/** How a request is answered that still has its session, if it had one. */
async function statusOf({ site: { origin }, tab: { context } }: Scene): Promise<number> {
  return (await context.request.get(`${origin}/profile`, { maxRedirects: 0 })).status();
}

async function stored({ site: { folder } }: Scene): Promise<string> {
  return readFile(join(folder, 'User.jsonl'), 'utf8');
}

describe('V3.5.1 a page of another origin', function () {
  this.timeout(60_000);
  beforeEach(needChromium);

  it('changes nothing by any form, unless it knows the token', async () => {
    const people: { user: User; other: User; token: string }[] = [];
    const seed = async () => {
      for (const [, who] of FORMS) {
        const user = await makeUser({ role: who === 'admin' ? 'admin' : 'user' });
        const other = await makeUser();
        people.push({ user, other, token: await other.startReset() });
      }
    };
    const site = await startSite('session_auth', { seed });
    const scene: Scene = { site, attackerPort: await startAttacker(), tab: await openTab() };
    const originOf = (name: string) => `http://${name}:${scene.attackerPort}`;

    for (const [index, [what, who, make]] of FORMS.entries()) {
      const the = people[index] as (typeof people)[number];
      const { action, fields } = make(the);
      await visit(scene, who === 'nobody' ? null : the.user);
      const [before, status] = [await stored(scene), await statusOf(scene)];

      for (const { from, host, hides, hasCookies, says } of ATTACKS) {
        const trap: Trap = { action: `http://${host}:${site.port}${action}`, fields, hides };
        const request = await spring(scene, lure(originOf(from), trap));

        const title = `${what}: ${from} on ${host}${hides ? ', hidden' : ''}`;
        const headers = await request.allHeaders();
        expect([headers['sec-fetch-site'], headers['origin']], title).to.deep.equal([
          says.site,
          says.origin ?? originOf(from),
        ]);
        expect(headers['cookie'] !== undefined, `cookies, ${title}`).to.equal(hasCookies);
        expect((await request.response())?.status(), title).to.equal(403);
      }
      expect(await stored(scene), what).to.equal(before);
      expect(await statusOf(scene), what).to.equal(status);

      const known = { action: site.origin + action, fields: { ...fields, _csrf: await tokenOf(scene) } };
      const request = await spring(scene, lure(originOf('localhost'), known));
      expect((await request.response())?.status(), `${what}, with the token`).to.equal(303);
    }
  });

  it('can neither frame a page nor read one', async () => {
    const { origin } = await startSite('session_auth');
    const { page } = await openTab();
    await page.goto(`${origin}/login`);
    await page.goto(`http://localhost:${await startAttacker()}`);

    const seen = await page.evaluate(async (url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      const loaded = new Promise((done) => frame.addEventListener('load', done));
      document.body.append(frame);
      await loaded;
      const answer = fetch(url, { credentials: 'include' });
      return {
        frame: frame.contentDocument?.title,
        text: await answer.then((it) => it.text()).catch(String),
      };
    }, `${origin}/login`);

    expect(seen).to.deep.equal({ frame: undefined, text: 'TypeError: Failed to fetch' });
    expect(page.frames()[1]?.url()).to.equal('chrome-error://chromewebdata/');
  });
});
