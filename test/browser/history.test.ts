import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { User } from '../../models/user.js';
import { makeUser, PASSWORD } from '../support/app.js';
import { clickThrough, needChromium, openTab, type Tab } from '../support/chromium.js';
import { logInAt, navigationOf, noticeOf, pathOf, startSite } from '../support/site.js';

/** Hashes take as long as real ones, so that the second click comes before the answer to the first. */
const SLOW = { SCRYPT_COST: '15,8,3' };
const NEW_PASSWORD = 'another staple battery';

/** Clicks a button twice, the way people do; resolves to how many forms were sent when the page after it has come. */
async function doubleClick(page: Page, name: string): Promise<number> {
  let sent = 0;
  page.on('request', (request) => (sent += request.method() === 'POST' ? 1 : 0));
  const button = page.getByRole('button', { name, exact: true });
  const clicks = button.evaluate((element: HTMLElement) => {
    element.click();
    setTimeout(() => element.click(), 50);
  });
  await Promise.all([page.waitForEvent('load'), clicks]);
  return sent;
}

describe('going back, reloading and clicking twice', function () {
  this.timeout(20_000);
  beforeEach(needChromium);

  /** A tab on a site with one user who is logged in. */
  async function loggedIn(env = {}): Promise<{ origin: string; user: User; tab: Tab }> {
    const users: User[] = [];
    const seed = async () => users.push(await makeUser({ first_name: 'Ann' }));
    const { origin } = await startSite('session_auth', { seed, env });
    const tab = await openTab();
    const user = users[0] as User;
    await logInAt(tab, origin, user);
    return { origin, user, tab };
  }

  it('V14.3.2 shows nothing of an account after its logout', async () => {
    const { tab } = await loggedIn();
    await clickThrough(tab.page, 'My Profile');
    await clickThrough(tab.page, 'Devices');
    await clickThrough(tab.page, 'Log out');

    await tab.page.goBack();
    const back = [pathOf(tab), await navigationOf(tab)];
    await tab.page.goBack();

    expect(back).to.deep.equal(['/login?next=/sessions', ['Login', 'Register']]);
    expect(pathOf(tab)).to.equal('/login?next=/profile');
    expect(await tab.page.locator('body').innerText()).not.to.include('Ann');
  });

  it('leads from the login page to the start page when somebody is logged in', async () => {
    const { tab } = await loggedIn();

    await tab.page.goBack();

    expect(pathOf(tab)).to.equal('/');
    expect(await navigationOf(tab)).to.deep.equal(['My Profile', 'Log out']);
  });

  it('sends nothing again', async () => {
    const { tab } = await loggedIn();
    const { page } = tab;
    await clickThrough(page, 'My Profile');
    await page.getByLabel('First name').fill('Zoë');
    await clickThrough(page, 'Save name');
    const methods: string[] = [];
    page.on('request', (request) => methods.push(request.method()));

    await page.reload();
    await page.goBack();

    expect(new Set(methods)).to.deep.equal(new Set(['GET']));
    expect(await page.getByLabel('First name').inputValue()).to.equal('Zoë');
    expect(await page.getByRole('status').count()).to.equal(0);
  });

  it('logs in once, changes a password once and logs out once', async () => {
    const { origin, user, tab } = await loggedIn(SLOW);
    const { page } = tab;
    await clickThrough(page, 'Log out');

    await page.goto(`${origin}/login`);
    await page.getByLabel('Email').fill(user.email ?? '');
    await page.getByLabel('Password').fill(PASSWORD);
    expect(await doubleClick(page, 'Log in')).to.equal(2);
    expect(await navigationOf(tab)).to.deep.equal(['My Profile', 'Log out']);
    await page.goto(`${origin}/sessions`);
    expect(await page.getByText('You are logged in nowhere else.').count()).to.equal(1);

    await page.goto(`${origin}/profile`);
    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByLabel('New password').fill(NEW_PASSWORD);
    expect(await doubleClick(page, 'Change password')).to.equal(2);
    expect(await noticeOf(tab)).to.match(/^Your password is changed\./);

    await doubleClick(page, 'Log out');
    expect(await noticeOf(tab)).to.equal('You are logged out.');
    expect(tab.complaints).to.deep.equal([]);
  });
});
