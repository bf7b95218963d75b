import { expect } from 'chai';
import type { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, makeUser, SETTINGS, type TestApp } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { readable } from '../../support/html.js';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1';

for (const authType of SETTINGS) {
  describe(`the devices page under ${authType ?? 'no scheme'}`, () => {
    let app: TestApp;
    let user: User;
    let browser: Browser;
    beforeEach(async () => {
      app = buildApp({ authType });
      user = await makeUser();
      browser = new Browser(app);
      await browser.logIn(user);
    });

    /** Logs the same user in on a phone. */
    async function phone(): Promise<Browser> {
      const other = new Browser(app);
      const form = other.fieldsFor((await other.open('/login')).text, '/login');
      const typed = { email: user.email ?? '', password: 'correct horse' };
      await other.submit('/login', { ...form, ...typed }, { 'User-Agent': PHONE });
      return other;
    }

    it('shows each device with its address and times, and which is this one', async () => {
      await phone();

      const text = readable((await browser.open('/sessions')).text);

      expect(text).to.match(
        /Unknown device This device Last seen .* UTC Address 127\.0\.0\.x Logged in .* UTC/,
      );
      expect(text).to.match(
        /Safari on iOS Last seen .* UTC Address 127\.0\.0\.x Logged in .* UTC End session/,
      );
      expect(text.match(/This device/g)).to.have.length(1);
    });

    it('V7.5.2 ends one, which is of no use at once', async () => {
      const other = await phone();
      const third = await phone();
      const [, , last] = await UserSession.search({ user_id: user.id });

      const ended = await browser.fill('/sessions', { do: last?.id ?? '' });

      expect([ended.status, ended.get('Location')]).to.deep.equal([303, '/sessions']);
      expect(readable((await browser.open('/sessions')).text)).to.include('The session has ended.');
      expect((await third.open('/profile')).status).to.equal(303);
      expect((await other.open('/profile')).status).to.equal(200);
      expect(app.events.at(-1)).to.include({ event: 'revoke', user: user.id, session: last?.id });
    });

    it('ends all the others', async () => {
      const others = [await phone(), await phone()];

      await browser.fill('/sessions', { do: 'end_others' });

      for (const other of others) expect((await other.open('/profile')).status).to.equal(303);
      const text = readable((await browser.open('/sessions')).text);
      expect(text)
        .to.include('All other sessions have ended.')
        .and.include('You are logged in nowhere else.');
    });

    it("V8.2.2 ends nobody else's, nor this one, and takes one that is gone for ended", async () => {
      const eve = new Browser(app);
      await eve.logIn(await makeUser());
      await phone();
      const sessions = await UserSession.all();
      const [mine, theirs, gone] = sessions;
      const form = browser.fieldsFor((await browser.open('/sessions')).text, '/sessions');
      await gone?.remove();

      for (const id of [mine?.id, theirs?.id, gone?.id, 'nothing', '']) {
        const response = await browser.submit('/sessions', { ...form, do: id ?? '' });
        expect([response.status, response.get('Location')]).to.deep.equal([303, '/sessions']);
      }
      expect((await browser.open('/profile')).status).to.equal(200);
      expect((await eve.open('/profile')).status).to.equal(200);
      expect(app.events.filter(({ event }) => event === 'revoke')).to.deep.equal([]);
    });
  });
}

describe('the devices page', () => {
  it('goes on over pages, newest first, and begins anew where its place has ended', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const user = await makeUser();
    for (let count = 0; count < 32; count += 1) await UserSession.start(user.id);
    await browser.logIn(user);
    const others = (await UserSession.allOf(user.id)).toReversed().slice(1);
    const seen: (string | undefined)[] = [];

    let path: string | undefined = '/sessions';
    while (path !== undefined) {
      const { text } = await browser.open(path);
      seen.push(...[...text.matchAll(/value="([\da-f-]{36})"/g)].map(([, id]) => id));
      path = /href="(\/sessions\?after=[^"]*)"/.exec(text)?.[1];
    }

    expect(seen).to.deep.equal(others.map(({ id }) => id));
    const [first] = others;
    await first?.remove();
    for (const place of [first?.id, 'nothing', 'a&after=b']) {
      const page = await browser.open(`/sessions?after=${place}`);
      expect(page.text, place).to.include(others[1]?.id);
    }
  });
});

describe('the activity page', () => {
  it('names events in words, newest first, and leads to older ones and back', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    await browser.logIn(await makeUser());
    for (let hour = 0; hour < 30; hour += 1)
      app.trail.push({
        at: new Date(Date.UTC(2026, 0, 2) - hour * 3_600_000).toISOString(),
        event: hour === 29 ? 'register' : 'login',
        outcome: 'success',
        address: '192.0.2.7',
        device: 'Firefox on Linux',
        session: null,
      });

    const first = (await browser.open('/activity')).text;
    const [, next = ''] = /href="(\/activity\?before=[^"]*)"/.exec(first) ?? [];
    const second = (await browser.open(next)).text;

    expect(readable(first)).to.match(
      /Jan 2, 2026, 00:00 UTC Logged in Firefox on Linux · 192\.0\.2\.x Jan 1, 2026, 23:00 UTC/,
    );
    expect(first).to.include('<time datetime="2026-01-02T00:00:00Z">');
    expect(first.match(/Logged in/g)).to.have.length(25);
    expect(readable(second)).to.include('Account created').and.include('Back to the first page');
    expect(second).not.to.include('before=');
  });

  it('is empty where nothing happened, and 400 for a place that nobody was sent to', async () => {
    const browser = new Browser(buildApp({ authType: 'session_auth' }));
    await browser.logIn(await makeUser());

    expect(readable((await browser.open('/activity')).text)).to.include('There is nothing here.');
    for (const query of ['99', '%00', 'a&before=b', ''])
      expect((await browser.open(`/activity?before=${query}`)).status, query).to.equal(400);
  });
});
