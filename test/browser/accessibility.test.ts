import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { needChromium, openTab } from '../support/chromium.js';
import { takePicture } from '../support/picture.js';
import { startSite } from '../support/site.js';
import { adminTour, seedPast, userTour, visitorTour, type Past, type Tour } from '../support/tour.js';

const SCHEMES = ['light', 'dark'] as const;
/** A desktop's window and a phone's. */
const WIDTHS = [1280, 390];
/** What 1280 pixels are at 400 %, without a scroll bar from side to side (WCAG 1.4.10). */
const NARROW = 320;
/** The pages of README.md, and how wide their pictures are. */
const SHOWN = { names: ['profile', 'devices'], width: 800 };

const AXE = fileURLToPath(import.meta.resolve('axe-core/axe.min.js'));
declare const axe: { run(options: object): Promise<AxeResults> };

/** All of its rules, also one of WCAG 2.2 AA that it leaves out unless told otherwise. */
const OPTIONS = {
  resultTypes: ['violations', 'incomplete'],
  rules: { 'target-size': { enabled: true } },
  iframes: false,
};

/** What axe-core finds, or cannot decide, each with the elements. */
async function findingsOn(page: Page): Promise<string[]> {
  const { violations, incomplete } = await page.evaluate((options) => axe.run(options), OPTIONS);
  return [...violations, ...incomplete].map(
    ({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(', ')}`,
  );
}

async function widthOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth);
}

/** Looks at the page that is open: in light and dark, wide and narrow. */
async function inspect(page: Page, name: string, source: string): Promise<void> {
  await page.evaluate(source);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      expect(await findingsOn(page), `${name}, ${colorScheme}, ${width} px`).to.deep.equal([]);
      await takePicture(page, `${name}-${width}-${colorScheme}`);
    }
  }
  await page.setViewportSize({ width: NARROW, height: 600 });
  expect(await widthOf(page), `${name}, the width`).to.equal(NARROW);
  await page.emulateMedia({ colorScheme: 'light' });
  if (!SHOWN.names.includes(name)) return;
  await page.setViewportSize({ width: SHOWN.width, height: 600 });
  await takePicture(page, name);
}

describe('every page in a browser', function () {
  this.timeout(120_000);
  beforeEach(needChromium);

  const tours: readonly (readonly [who: string, tour: (past: Past) => Tour])[] = [
    ['a visitor', () => visitorTour],
    ['a user', () => userTour],
    ['an admin', adminTour],
  ];
  for (const [who, tourFor] of tours) {
    it(`is accessible to ${who}, in light and dark, on a desktop and a phone`, async () => {
      const source = await readFile(AXE, 'utf8');
      const past: Past[] = [];
      const seed = async () => past.push(await seedPast());
      const env = { TRUST_PROXY: '1', PASSWORD_MIN: '10' };
      const { origin } = await startSite('session_db_auth', { seed, env });
      const tab = await openTab({
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        extraHTTPHeaders: { 'X-Forwarded-For': '198.51.100.23' },
      });

      for await (const name of tourFor(past[0] as Past)(tab, origin)) await inspect(tab.page, name, source);

      expect(tab.complaints).to.deep.equal([]);
    });
  }

  it('fits into 320 pixels with the longer words of another language', async () => {
    const past: Past[] = [];
    const { origin } = await startSite('session_db_auth', { seed: async () => past.push(await seedPast()) });
    const { page, context } = await openTab({ locale: 'de', viewport: { width: NARROW, height: 600 } });
    const open = async (path: string) => {
      await page.goto(origin + path);
      expect(await page.locator('html').getAttribute('lang'), path).to.equal('de');
      expect(await widthOf(page), path).to.equal(NARROW);
    };

    for (const path of ['/', '/login', '/register', '/reset', '/nope']) await open(path);
    const value = past[0]?.oldSessionId ?? '';
    await context.addCookies([{ name: '_my_session_id', value, url: origin }]);
    for (const path of ['/', '/profile', '/sessions', '/activity', '/users']) await open(path);
  });
});
