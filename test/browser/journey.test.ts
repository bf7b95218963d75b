import { expect } from 'chai';
import { PASSWORD, SESSION_SCHEMES } from '../support/app.js';
import { clickThrough, needChromium, openTab } from '../support/chromium.js';
import { logInAt, navigationOf, noticeOf, pathOf, sendLogin, startSite } from '../support/site.js';

const NEW_PASSWORD = 'another staple battery';

/** Logs in as a program does; resolves to what tells the status of its requests for a page. */
async function logInElsewhere(origin: string, email: string): Promise<() => Promise<number>> {
  const headers = { 'Content-Type': 'application/json', 'User-Agent': 'curl/8.5.0' };
  const body = JSON.stringify({ email, password: PASSWORD });
  const login = await fetch(`${origin}/login`, { method: 'POST', headers, body });
  const cookies = login.headers.getSetCookie().map((line) => line.split(';')[0]);
  const own = { cookie: cookies.join('; ') };
  return async () => (await fetch(`${origin}/profile`, { headers: own, redirect: 'manual' })).status;
}

/** From the start page to an account, through it, out and in again. */
async function journey(origin: string, javaScriptEnabled: boolean): Promise<void> {
  const tab = await openTab({ javaScriptEnabled });
  const { page, complaints } = tab;
  const email = `${javaScriptEnabled ? 'with' : 'without'}@example.org`;

  await page.goto(origin);
  expect(await navigationOf(tab)).to.deep.equal(['Login', 'Register']);

  await clickThrough(page, 'Register');
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByLabel('First name').fill('Ann');
  await clickThrough(page, 'Create account');
  expect(pathOf(tab)).to.equal('/login');
  expect(await noticeOf(tab)).to.equal('Your account is ready. Log in to use it.');

  await page.goto(`${origin}/activity`);
  expect(pathOf(tab), 'a page for people who are logged in').to.equal('/login?next=/activity');
  await sendLogin(tab, { email });
  expect(pathOf(tab), 'back where they wanted to go').to.equal('/activity');
  expect(await navigationOf(tab)).to.deep.equal(['My Profile', 'Log out']);

  await clickThrough(page, 'My Profile');
  await page.getByLabel('First name').fill('Zoë');
  await clickThrough(page, 'Save name');
  expect(await noticeOf(tab)).to.equal('Your name is saved.');
  expect(await page.getByLabel('First name').inputValue()).to.equal('Zoë');

  const elsewhere = await logInElsewhere(origin, email);
  expect(await elsewhere()).to.equal(200);
  await clickThrough(page, 'Devices');
  await clickThrough(page, 'End session: curl');
  expect(await noticeOf(tab)).to.equal('The session has ended.');
  expect(await page.getByText('You are logged in nowhere else.').count()).to.equal(1);
  expect(await elsewhere(), 'whose session was ended').to.equal(303);

  await clickThrough(page, 'Profile');
  await page.getByLabel('Current password').fill(PASSWORD);
  await page.getByLabel('New password').fill(NEW_PASSWORD);
  await clickThrough(page, 'Change password');
  expect(await noticeOf(tab)).to.match(/^Your password is changed\./);

  await clickThrough(page, 'Log out');
  expect(await noticeOf(tab)).to.equal('You are logged out.');
  expect(await navigationOf(tab)).to.deep.equal(['Login', 'Register']);

  await logInAt(tab, origin, { email, password: NEW_PASSWORD });
  expect(await page.getByRole('heading', { level: 1 }).innerText()).to.include('Zoë');
  expect(complaints).to.deep.equal([]);
}

describe('a browser', function () {
  this.timeout(30_000);
  beforeEach(needChromium);

  for (const authType of [null, 'basic_auth', ...SESSION_SCHEMES] as const) {
    it(`goes all the way under ${authType ?? 'no scheme'}, with JavaScript off and on`, async () => {
      const { origin } = await startSite(authType);

      for (const javaScriptEnabled of [false, true]) await journey(origin, javaScriptEnabled);
    });
  }
});
