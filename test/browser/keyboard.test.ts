import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { makeUser, PASSWORD } from '../support/app.js';
import { needChromium, openTab } from '../support/chromium.js';
import { navigationOf, startSite } from '../support/site.js';

/** What has the focus: its words or label, and whether a ring around it shows that. */
async function focused(page: Page): Promise<{ readonly name: string; readonly isShown: boolean }> {
  return page.evaluate(() => {
    const element = document.activeElement as HTMLInputElement;
    const name = element.labels?.[0]?.textContent ?? element.textContent ?? '';
    const { top, bottom } = element.getBoundingClientRect();
    const isInSight = top >= 0 && bottom <= innerHeight;
    // A link that is a whole card has its ring around the card.
    const isRinged = [getComputedStyle(element), getComputedStyle(element, '::after')].some(
      ({ outlineStyle, outlineWidth }) => outlineStyle === 'solid' && Number.parseFloat(outlineWidth) >= 2,
    );
    return { name: name.trim(), isShown: isInSight && isRinged };
  });
}

/** Goes on with the Tab key, through these and no others. */
async function tabThrough(page: Page, names: readonly string[]): Promise<void> {
  for (const name of names) {
    await page.keyboard.press('Tab');
    expect(await focused(page)).to.deep.equal({ name, isShown: true });
  }
}

describe('the keyboard', function () {
  this.timeout(20_000);
  beforeEach(needChromium);

  it('is enough to log in, with the focus always in sight', async () => {
    let email = '';
    const seed = async () => (email = (await makeUser()).email ?? '');
    const { origin } = await startSite('session_auth', { seed });
    const tab = await openTab();
    const { page } = tab;
    const { keyboard } = page;
    await page.goto(origin);
    await tabThrough(page, ['Skip to content', 'Gatehouse', 'Login']);

    await Promise.all([page.waitForEvent('load'), keyboard.press('Enter')]);
    await tabThrough(page, ['Skip to content', 'Gatehouse', 'Login', 'Register', 'Email']);
    await keyboard.type(email);
    await tabThrough(page, ['Password']);
    await keyboard.type(PASSWORD);
    await tabThrough(page, ['Remember me on this device']);
    await keyboard.press('Space');
    await tabThrough(page, ['Log in']);
    await Promise.all([page.waitForEvent('load'), keyboard.press('Enter')]);

    expect(await navigationOf(tab)).to.deep.equal(['My Profile', 'Log out']);
    const kept = (await tab.context.cookies()).find(({ name }) => name === '_my_session_id');
    expect(kept?.expires, 'remembered').to.be.above(Date.now() / 1000);
    await tabThrough(page, ['Skip to content', 'Gatehouse', 'My Profile', 'Log out', 'Your profile']);
  });

  it('skips the navigation', async () => {
    const { origin } = await startSite('session_auth');
    const { page } = await openTab();
    await page.goto(`${origin}/login`);
    await tabThrough(page, ['Skip to content']);

    await page.keyboard.press('Enter');

    await tabThrough(page, ['Email']);
  });

  it('comes from what is wrong to where it is wrong', async () => {
    const { origin } = await startSite('session_auth');
    // The focus must not need a script.
    const { page } = await openTab({ javaScriptEnabled: false });
    await page.goto(`${origin}/login`);
    await page.getByLabel('Email').fill('ann@example.org');
    await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')]);

    expect((await focused(page)).name).to.include('There is a problem');
    await tabThrough(page, ['Enter your password']);
    await page.keyboard.press('Enter');

    expect(await focused(page)).to.deep.equal({ name: 'Password', isShown: true });
    expect(await page.getByLabel('Email').inputValue()).to.equal('ann@example.org');
    expect(await page.getByLabel('Password').inputValue()).to.equal('');
    expect(await page.getByLabel('Password').getAttribute('aria-invalid')).to.equal('true');
  });
});
