/**
 * Cross-site request forgery (CSRF).
 *
 * While the victim is logged in here, she visits a page of the attacker's. It makes her browser send requests to us,
 * and the browser adds her cookie: we see her session and her browser, but not her will. The page cannot read the
 * answer; it does not need to, when the request itself logs her out or renames her. A login can be forged as well:
 * then she works, without noticing, in the attacker's account. A page may send forms and plain text wherever it likes.
 *
 * What stops it: browsers say where a request comes from (`Sec-Fetch-Site`, or `Origin` in old ones), pages cannot
 * change that, and requests of other sites are refused; a page on another host of our own domain needs a token that
 * it cannot read. The cookie's `SameSite=Lax` would help as well, but here the browser is as bad as can be. ASVS
 * 3.5.1, 3.5.2; OWASP CSRF Prevention Cheat Sheet.
 */
import { Attempts, type Attempt } from './support/attempts.js';
import { objectIn, wordsOf, type Answer, type Method, type Sent } from './support/browser.js';
import { sessionCookieIn, type Account, type Login, type Target } from './support/target.js';

type Headers = Readonly<Record<string, string>>;

const EVE = { first_name: 'Eve' };
const EVIL: Headers = { 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' };

/** Where a forged request can come from, and what the browser says about it. */
function pagesOf(target: Target): readonly (readonly [page: string, says: Headers])[] {
  const { hostname, port } = new URL(target.url);
  return [
    ['another site', EVIL],
    ['another site, in an old browser', { Origin: 'https://evil.example' }],
    ['a sandboxed frame', { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' }],
    ['a sandboxed frame, in an old browser', { Origin: 'null' }],
    ['a site with a name like ours', { Origin: `http://${hostname}.evil.example:${port}` }],
    ['another port of our host, in an old browser', { Origin: `http://${hostname}:1` }],
    ['another host of our domain, without a token', siblingOf(target)],
  ];
}

type Forgery = readonly [Method, path: string, Sent];
type Making = (victim: Login) => Forgery;

function multipart(fields: Readonly<Record<string, string>>): Sent {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return {
    body: `${parts.join('')}--x--\r\n`,
    headers: { 'Content-Type': 'multipart/form-data; boundary=x' },
  };
}

function plainText(fields: object): Sent {
  return { body: JSON.stringify(fields), headers: { 'Content-Type': 'text/plain' } };
}

/** What a page can try with her session ... */
const LOGOUT: readonly [name: string, Making] = [
  'a form that logs her out',
  () => ['POST', '/auth/logout', { form: {} }],
];
const FORGERIES: readonly (readonly [name: string, Making])[] = [
  [
    'a script that changes her password',
    ({ account: { password } }) => {
      const form = { current_password: password, new_password: 'the attacker chose this one' };
      return ['PUT', '/auth/password', { form }];
    },
  ],
  ['a script that ends her other sessions', () => ['DELETE', '/auth/sessions', {}]],
  ['a script that deletes her account', () => ['DELETE', '/auth/account', {}]],
  ['a script that renames her', ({ account }) => ['PUT', `/api/v1/users/${account.id}`, { json: EVE }]],
  [
    'JSON as text/plain that renames her',
    ({ account }) => ['PUT', `/api/v1/users/${account.id}`, plainText(EVE)],
  ],
  ['a form that pretends to be a DELETE', () => ['POST', '/auth/sessions', { form: { _method: 'DELETE' } }]],
  ['a picture whose address logs her out', () => ['GET', '/auth/logout', {}]],
];

/** ... and without one: log her in as the attacker. */
function loginsAs({ email, password }: Account): readonly (readonly [name: string, ...Forgery])[] {
  const fields = { email, password };
  const query = new URLSearchParams(fields).toString();
  return ['/auth/login', '/api/v1/auth_session/login'].flatMap(
    (path): readonly (readonly [string, ...Forgery])[] => [
      [`a form that logs her in as the attacker at ${path}`, 'POST', path, { form: fields }],
      [`the same as JSON in text/plain at ${path}`, 'POST', path, plainText(fields)],
      [`the same as multipart at ${path}`, 'POST', path, multipart(fields)],
      [`the same as the address of a picture at ${path}`, 'GET', `${path}?${query}`, {}],
    ],
  );
}

export async function csrf(target: Target): Promise<Attempt[]> {
  const attempts = new Attempts();
  const [logout, logOut] = LOGOUT;

  /** Somebody new is logged in and visits the page; was she harmed? */
  async function visit(trick: string, make: Making, says: Headers): Promise<void> {
    const victim = await target.newcomer();
    const [method, path, sent] = make(victim);
    const cookies = target.browserWith({ [victim.name]: victim.sessionId });
    const answer = await cookies.send(method, path, { ...sent, headers: { ...sent.headers, ...says } });
    const record = await victim.browser.send('GET', `/api/v1/users/${victim.account.id}`);
    const isOut = (await target.whoIs(victim.browser)) !== victim.account.id;
    const gotIn = answer.status < 400 || isOut || objectIn(record)['first_name'] === 'Eve';
    attempts.attack(trick, gotIn, wordsOf(answer));
  }

  for (const [page, says] of pagesOf(target)) await visit(`${logout}, on ${page}`, logOut, says);
  for (const [name, make] of FORGERIES) await visit(`${name}, on another site`, make, EVIL);
  const mallory = await target.newcomer();
  for (const [trick, method, path, sent] of loginsAs(mallory.account)) {
    const answer = await target
      .browser()
      .send(method, path, { ...sent, headers: { ...sent.headers, ...EVIL } });
    attempts.attack(trick, sessionCookieIn(answer) !== null, wordsOf(answer));
  }

  const madeUp = { ...siblingOf(target), 'X-CSRF-Token': 'A'.repeat(64) };
  await visit('a made-up token, on another host of our domain', logOut, madeUp);
  const foreign = { ...siblingOf(target), 'X-CSRF-Token': await tokenOf(mallory) };
  await visit("a token of the attacker's session, on another host of our domain", logOut, foreign);
  const read = await mallory.browser.send('GET', '/auth/csrf', { headers: EVIL });
  const mayRead = read.headers['access-control-allow-credentials'] === 'true';
  attempts.attack('reading a token from another site', mayRead, mayRead ? 'allowed' : 'the browser hides it');

  await honest(target, attempts);
  return attempts.list;
}

/** The same requests where they belong. */
async function honest(target: Target, attempts: Attempts): Promise<void> {
  const own = { 'Sec-Fetch-Site': 'same-origin', Origin: target.url };
  const [first, second] = [await target.newcomer(), await target.newcomer()];
  const token = { ...siblingOf(target), 'X-CSRF-Token': await tokenOf(second) };
  const form = { email: first.account.email, password: first.account.password };
  const controls: readonly (readonly [string, Promise<Answer>])[] = [
    ['a logout on our own page', first.browser.send('POST', '/auth/logout', { form: {}, headers: own })],
    [
      'a logout on another host of our domain, with her token',
      second.browser.send('POST', '/auth/logout', { form: {}, headers: token }),
    ],
    ['a login on our own page', target.browser().send('POST', '/auth/login', { form, headers: own })],
    ['a login by curl', target.browser().send('POST', '/auth/login', { form })],
  ];
  for (const [name, sending] of controls) {
    const answer = await sending;
    attempts.control(name, answer.status === 200, wordsOf(answer));
  }
}

function siblingOf({ host }: Target): Headers {
  return { 'Sec-Fetch-Site': 'same-site', Origin: `http://blog.${host}` };
}

async function tokenOf({ browser }: Login): Promise<string> {
  return String(objectIn(await browser.send('GET', '/auth/csrf'))['csrf_token']);
}
