import type { User } from '../../models/user.js';
import { UserSession } from '../../models/user_session.js';
import { makeUser, type TestApp } from './app.js';
import { Browser, type Fields } from './browser.js';

/** Names and an email that try to be more than text, or to turn what is around them. */
export const NASTY = {
  email: `"><script>alert(1)</script>'&amp;@example.org`,
  first_name: `<script>alert("first")</script>`,
  last_name: `\u202E' onmouseover="alert(2)"> &lt;b&gt; \u200F<img src=x onerror=alert(3)>`,
};

/** A page as it was answered. */
export interface OpenedPage {
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** Every page, for nobody and for an admin with other users and sessions, errors among them. */
export async function everyPage(
  app: TestApp,
  who: 'nobody' | 'admin',
  headers: Fields = {},
): Promise<{ readonly pages: readonly OpenedPage[]; readonly admin: User; readonly browser: Browser }> {
  const browser = new Browser(app);
  const admin = await makeUser({ ...NASTY, role: 'admin' });
  const other = await makeUser({ first_name: 'Bob', disabled: true });
  for (let count = 0; count < 30; count += 1) await makeUser();
  await new Browser(app).logIn(admin);
  if (who === 'admin') await browser.logIn(admin);
  await new Browser(app).logIn(admin);
  const where = { device: 'Firefox on Linux', address: '192.0.2.x' };
  for (let count = 0; count < 20; count += 1) await UserSession.start(admin.id, where);
  fillTrail(app);
  const signedIn = [
    '/profile',
    '/sessions',
    '/activity',
    '/users',
    `/users/${admin.id}`,
    `/users/${other.id}`,
  ];
  const anybody = ['/', '/reset', '/reset?token=x', '/nope', '/logout'];
  const visitors = ['/login', '/register'];
  const paths = [...anybody, ...(who === 'admin' ? [...signedIn, '/register'] : visitors)];
  const pages: OpenedPage[] = [];
  for (const path of paths) pages.push(pageOf(path, await browser.open(path, headers)));
  for (const [path, typed] of who === 'admin' ? ADMIN_REFUSALS : REFUSALS) {
    const response = await browser.submit(
      path,
      { ...browser.fieldsFor((await browser.open(path, headers)).text, path, typed['do']), ...typed },
      headers,
    );
    pages.push(pageOf(`POST ${path}`, response));
  }
  pages.push(pageOf('POST /reset', await browser.submit('/reset', {}, headers)));
  if (who === 'admin') {
    app.clock.advance(app.config.freshSeconds + 1);
    pages.push(pageOf('/confirm', await browser.open('/confirm', headers)));
  }
  return { pages, admin, browser };
}

const REFUSALS: readonly (readonly [path: string, typed: Fields])[] = [
  ['/login', { email: NASTY.email, password: 'x' }],
  ['/register', { ...NASTY, password: 'x' }],
];
const ADMIN_REFUSALS: typeof REFUSALS = [
  ['/profile', { do: 'password', current_password: 'x', new_password: '' }],
  ['/profile', { do: 'delete', password: '' }],
];

function pageOf(
  path: string,
  response: { status: number; headers: Record<string, string>; text: string },
): OpenedPage {
  return { path, status: response.status, headers: response.headers, text: response.text };
}

const EVENTS = [
  'login',
  'failure',
  'throttle',
  'logout',
  'revoke',
  'password',
  'confirm',
  'register',
  'delete',
  'admin',
  'denied',
  'something new',
];

/** One of each event, and enough for a second page. */
function fillTrail(app: TestApp): void {
  const at = new Date(app.clock.now).toISOString();
  for (const event of [...EVENTS, ...EVENTS, ...EVENTS])
    app.trail.push({
      at,
      event,
      outcome: 'success',
      address: '192.0.2.7',
      device: 'Firefox on Linux',
      session: null,
    });
}
