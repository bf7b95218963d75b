import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, PASSWORD, type TestApp } from '../../support/app.js';
import { Browser, type Fields } from '../../support/browser.js';
import { readable, tagsOf } from '../../support/html.js';
import { FORMS, prepare } from '../../support/page_forms.js';

/** Everything that is stored. */
async function everything(): Promise<unknown> {
  const records = [...(await User.all()), ...(await UserSession.all())].map((record) => record.toRecord());
  // Use is noted by every request of a browser that is logged in, refused or not.
  return records.map((record) => ({ ...record, last_seen_at: null }));
}

/** Tokens that are not the right one, by how somebody may come to them. */
const WRONG: readonly (readonly [
  what: string,
  token: (app: TestApp, own: string) => Promise<string | null>,
])[] = [
  ['no token', async () => null],
  ['an empty token', async () => ''],
  ['a made-up token', async () => 'A'.repeat(64)],
  ["another visitor's token", async (app) => tokenOf(await new Browser(app).open('/login'))],
  [
    "another user's token",
    async (app) => {
      const stranger = new Browser(app);
      await stranger.fill('/register', { email: 'eve@example.org', password: PASSWORD });
      await stranger.fill('/login', { email: 'eve@example.org', password: PASSWORD });
      return tokenOf(await stranger.open('/profile'));
    },
  ],
  ['half of the right token', async (_app, own) => own.slice(0, 32)],
  [
    'the right token with one letter changed',
    async (_app, own) => `${own.slice(0, -2)}${own.endsWith('AA') ? 'BB' : 'AA'}`,
  ],
];

function tokenOf({ text }: { readonly text: string }): string {
  const token = tagsOf(text, 'input')
    .find((input) => input.get('name') === '_csrf')
    ?.get('value');
  if (token === undefined) throw new Error(`no token: ${text}`);
  return token;
}

function without(fields: Fields, name: string): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([key]) => key !== name));
}

describe('V3.5.1 a form', () => {
  for (const row of FORMS) {
    const [what] = row;

    it(`to ${what} does so with its token`, async () => {
      const { browser, page, action, fields } = await prepare(buildApp({ authType: 'session_auth' }), row);
      const before = await everything();

      const response = await browser.fill(page, fields, action);

      expect(response.status).to.equal(303);
      expect(await everything()).not.to.deep.equal(before);
    });

    for (const [how, wrong] of WRONG) {
      it(`to ${what} is refused and changes nothing with ${how}`, async () => {
        const app = buildApp({ authType: 'session_auth' });
        const { browser, page, action, fields } = await prepare(app, row);
        const form = browser.fieldsFor((await browser.open(page)).text, action, fields['do']);
        const token = await wrong(app, form['_csrf'] ?? '');
        const before = await everything();

        const sent = { ...without(form, '_csrf'), ...fields, ...(token === null ? {} : { _csrf: token }) };
        const response = await browser.submit(action, sent);

        expect([response.status, response.type]).to.deep.equal([403, 'text/html']);
        expect(readable(response.text)).to.match(/Go back, reload the page and send it again/);
        expect(response.get('Location')).to.equal(undefined);
        expect(await everything()).to.deep.equal(before);
        expect(app.events.at(-1)?.event).to.equal('denied');
      });
    }

    it(`to ${what} is refused as anything but a form`, async () => {
      const app = buildApp({ authType: 'session_auth' });
      const { browser, page, action, fields } = await prepare(app, row);
      const form = { ...browser.fieldsFor((await browser.open(page)).text, action, fields['do']), ...fields };
      const before = await everything();

      for (const [type, body] of [
        ['text/plain', new URLSearchParams(form).toString()],
        ['multipart/form-data; boundary=x', '--x\r\n\r\n--x--'],
      ] as const) {
        const response = await browser.send('post', action, body, { Accept: '*/*', 'Content-Type': type });

        expect([response.status, response.type], type).to.deep.equal([415, 'text/html']);
      }
      expect(await everything()).to.deep.equal(before);
    });
  }

  for (const row of FORMS.filter(([, who]) => who !== 'nobody')) {
    it(`to ${row[0]} is refused with the token of an earlier session`, async () => {
      const app = buildApp({ authType: 'session_auth' });
      const { browser, user, page, action, fields } = await prepare(app, row);
      const old = browser.fieldsFor((await browser.open(page)).text, action, fields['do']);
      await browser.logOut();
      await browser.logIn(user);
      const before = await everything();

      const response = await browser.submit(action, { ...old, ...fields });

      expect(response.status).to.equal(403);
      expect(await everything()).to.deep.equal(before);
    });
  }

  it('to log in is refused with the token from before an earlier login', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const row = FORMS.find(([what]) => what === 'log in') as (typeof FORMS)[number];
    const { browser, user, fields } = await prepare(app, row);
    const old = browser.fieldsFor((await browser.open('/login')).text, '/login');
    await browser.logIn(user);
    await browser.logOut();

    expect((await browser.submit('/login', { ...old, ...fields })).status).to.equal(403);
  });

  it('is asked for its token from curl too, and curl is told what to do', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { user } = await prepare(app, FORMS[0] as (typeof FORMS)[number]);

    const response = await app
      .request()
      .post('/login')
      .set({ Accept: '*/*', 'User-Agent': 'curl/8.5.0' })
      .type('form')
      .send({ email: user.email, password: PASSWORD });

    expect([response.status, response.type]).to.deep.equal([403, 'text/html']);
    expect(readable(response.text)).to.include('A program such as curl sends JSON instead, or uses /auth');
  });
});

const OWN = 'http://nas.local:5000';
const ROW = FORMS.find(([what]) => what === 'change names') as (typeof FORMS)[number];

describe('V3.5.1 a form on plain http by a name of the local network', () => {
  for (const [headers, expected] of [
    [{ Origin: OWN }, 303],
    [{ Origin: 'null' }, 303],
    [{ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, 303],
    [{ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, 403],
    [{ Origin: 'null', 'Sec-Fetch-Site': 'same-site' }, 303],
    [{ Origin: 'http://evil.example' }, 403],
    [{ Origin: 'http://nas.local' }, 303],
    [{ Origin: 'http://other.local:5000' }, 403],
    [{ Origin: '' }, 403],
  ] as const) {
    it(`with the right token is answered ${expected} for ${JSON.stringify(headers)}`, async () => {
      const { browser, action, fields } = await prepare(buildApp({ authType: 'session_auth' }), ROW);
      const host = { Host: 'nas.local:5000' };
      const page = await browser.open(action, host);
      const form = { ...browser.fieldsFor(page.text, action, 'names'), ...fields };

      const right = await browser.submit(action, form, { ...host, ...headers });
      const wrong = await browser.submit(action, { ...form, _csrf: 'A'.repeat(64) }, { ...host, ...headers });

      expect(right.status).to.equal(expected);
      expect(wrong.status).to.equal(403);
    });
  }

  it('lets no JSON through whose origin is hidden, and nothing that is no form', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const body = '{"email":"a@b.c","password":"x"}';

    for (const path of ['/login', '/register', '/logout', '/auth/login']) {
      const post = () => app.request().post(path).set('Origin', 'null');

      expect((await post().type('json').send(body)).status, path).to.equal(403);
      expect((await post()).status, path).to.equal(403);
    }
  });
});
