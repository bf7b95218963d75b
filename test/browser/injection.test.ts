import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { makeUser } from '../support/app.js';
import { startAttacker } from '../support/attacker.js';
import { clickThrough, needChromium, openTab } from '../support/chromium.js';
import { NASTY } from '../support/page_list.js';
import { logInAt, startSite } from '../support/site.js';

const NAME = `${NASTY.first_name} ${NASTY.last_name}`;
const SERVICE_NAME = '<img src=x onerror=alert(4)>';

/** Everything of a page that could run, or that our pages do not have. */
function foreignParts(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const elements = [...document.querySelectorAll('*')];
    const isForeign = ({ tagName, attributes }: Element) =>
      ['SCRIPT', 'B', 'IFRAME'].includes(tagName) ||
      [...attributes].some(({ name }) => name.startsWith('on'));
    return elements.filter(isForeign).map(({ outerHTML }) => outerHTML);
  });
}

/** Has a page's own document take script in each way that markup could bring it; resolves to what ran. */
function runScripts(page: Page, foreign: string): Promise<string[]> {
  return page.evaluate(async (url) => {
    const ran: string[] = [];
    Object.assign(window, { note: (what: string) => ran.push(what) });
    const inline = document.createElement('script');
    inline.textContent = "note('inline')";
    const image = document.createElement('img');
    image.setAttribute('onerror', "note('handler')");
    image.src = 'data:,';
    const external = document.createElement('script');
    external.src = url;
    const done = new Promise((resolve) => {
      external.addEventListener('load', () => resolve(ran.push('external')));
      external.addEventListener('error', resolve);
    });
    const failed = new Promise((resolve) => image.addEventListener('error', resolve));
    document.body.append(inline, image, external);
    await Promise.all([done, failed]);
    return ran;
  }, foreign);
}

describe('script in what people type', function () {
  this.timeout(20_000);
  beforeEach(needChromium);

  it('V1.2.1 stays text on every page that shows it, whatever the policy', async () => {
    const ids: string[] = [];
    const seed = async () => ids.push((await makeUser({ ...NASTY, role: 'admin' })).id);
    const { origin } = await startSite('session_auth', { seed, env: { SERVICE_NAME } });
    // The policy would stop scripts too: here nothing else may need it.
    const tab = await openTab({ bypassCSP: true });
    const { page, complaints } = tab;
    const check = async (what: string, texts: readonly string[]) => {
      expect(await foreignParts(page), what).to.deep.equal([]);
      const shown = await page.locator('body').innerText();
      for (const text of [SERVICE_NAME, ...texts]) expect(shown, what).to.include(text);
      expect(await page.title(), what).to.include(SERVICE_NAME);
    };

    await page.goto(`${origin}/register`);
    await page.getByLabel('Email').fill(NASTY.email);
    await page.getByLabel('First name').fill(NASTY.first_name);
    await page.getByLabel('Last name').fill(NASTY.last_name);
    await clickThrough(page, 'Create account');
    await check('a refused form', []);
    expect(await page.getByLabel('Email').inputValue()).to.equal(NASTY.email);
    expect(await page.getByLabel('First name').inputValue()).to.equal(NASTY.first_name);

    await logInAt(tab, origin, { email: NASTY.email });
    await check('the start page', [NAME]);
    for (const [path, texts] of [
      ['/profile', [NASTY.email]],
      ['/sessions', []],
      ['/users', [NASTY.email, NAME]],
      [`/users/${ids[0]}`, [NASTY.email, NAME]],
      [`/${encodeURIComponent(NASTY.first_name)}?${NASTY.email}`, []],
    ] as const) {
      await page.goto(origin + path);
      await check(path, texts);
    }
    expect(complaints).to.deep.equal([]);
  });

  it('V3.4.3 would not run if it got into a page', async () => {
    const { origin } = await startSite('session_auth');
    const attacker = `http://localhost:${await startAttacker()}`;
    const { page, complaints } = await openTab();

    await page.goto(attacker);
    expect(await runScripts(page, attacker), 'without a policy').to.deep.equal([
      'inline',
      'handler',
      'external',
    ]);

    for (const path of ['/', '/login', '/nope']) {
      complaints.length = 0;
      await page.goto(origin + path);
      expect(await runScripts(page, `${attacker}/x.js`), path).to.deep.equal([]);
      expect(complaints.filter((text) => text.includes('Content Security Policy'))).to.have.length.at.least(
        2,
      );
    }
  });
});
