import { expect } from 'chai';
import { de } from '../../../api/pages/messages/de.js';
import { en, type Messages } from '../../../api/pages/messages/en.js';
import { LANGUAGES } from '../../../api/pages/messages/languages.js';
import { PROBLEM_CODES } from '../../../api/errors.js';
import { buildApp, makeUser } from '../../support/app.js';
import { Browser } from '../../support/browser.js';
import { tagsOf, textsOf, titleOf } from '../../support/html.js';
import { everyPage, NASTY } from '../../support/page_list.js';

/** Every key with the kind of its value, however deep. */
function shapeOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shapeOf(one)]));
}

/** The same messages with each text between marks, so that a text from anywhere else stands out. */
function marked<T>(value: T): T {
  if (typeof value === 'string') return `⟦${value}⟧` as T;
  if (typeof value === 'function')
    return ((...args: unknown[]) => `⟦${(value as (...args: unknown[]) => string)(...args)}⟧`) as T;
  if (Array.isArray(value)) return value.map((one) => marked<unknown>(one)) as T;
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, marked<unknown>(one)]),
  ) as T;
}

const MARKED: Messages = { ...marked(en), language: 'en' };

describe('the languages of the pages', () => {
  for (const messages of LANGUAGES) {
    it(`have every text: ${messages.language}`, () => {
      expect(shapeOf(messages)).to.deep.equal(shapeOf(en));
      expect(JSON.stringify(messages)).not.to.match(/:""|: *null/);
    });

    it(`have words for every problem: ${messages.language}`, () => {
      expect(Object.keys(messages.problems)).to.have.members(['summary', ...PROBLEM_CODES]);
    });
  }

  it('are not the same text twice', () => {
    const flat = (value: unknown): string[] =>
      typeof value === 'object' && value !== null ? Object.values(value).flatMap(flat) : [String(value)];
    const same = flat(en).filter((text) => flat(de).includes(text));

    expect(same.filter((text) => !text.includes('=>'))).to.deep.equal(['Name']);
  });

  for (const [wanted, language] of [
    ['de', 'de'],
    ['de-AT,de;q=0.9,en;q=0.8', 'de'],
    ['en-US,en;q=0.9,de;q=0.8', 'en'],
    ['fr,de;q=0.5,en;q=0.4', 'de'],
    ['fr', 'en'],
    ['*', 'en'],
    ['', 'en'],
    ['de;q=0,*', 'en'],
    ['DE', 'de'],
    ['de;q=x,,;', 'en'],
  ] as const) {
    it(`are chosen by the browser: ${language} for "${wanted}"`, async () => {
      const browser = new Browser(buildApp({ authType: 'session_auth' }));

      const { text } = await browser.open('/', { 'Accept-Language': wanted });

      expect(tagsOf(text, 'html')[0]?.get('lang')).to.equal(language);
      expect(titleOf(text)).to.equal(language === 'de' ? 'Willkommen – Gatehouse' : 'Welcome – Gatehouse');
    });
  }

  it('hold for problems, notices, times, devices and error pages too', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const browser = new Browser(app);
    const german = { 'Accept-Language': 'de' };
    app.clock.now = Date.UTC(2027, 2, 9, 15, 4);
    const user = await makeUser();
    const form = browser.fieldsFor((await browser.open('/login', german)).text, '/login');
    const wrong = await browser.submit('/login', { ...form, email: user.email ?? '', password: 'x' }, german);
    expect(wrong.text).to.include('E-Mail oder Passwort ist falsch');
    await browser.logIn(user);
    await browser.fill('/profile', { do: 'names', first_name: 'Ann' });

    expect((await browser.open('/profile', german)).text).to.include('Ihr Name ist gespeichert.');
    expect((await browser.open('/sessions', german)).text).to.match(
      /Unbekanntes Gerät.*<time datetime="2027-03-09T15:04:00Z">9\. März 2027, 15:04 UTC<\/time>/,
    );
    expect((await browser.open('/nope', german)).text).to.include('Diese Seite gibt es nicht');
  });

  for (const who of ['nobody', 'admin'] as const) {
    it(`are all there is to read for ${who}: no text is written in a page`, async () => {
      const app = buildApp({ authType: 'session_auth', languages: [MARKED] });
      const { pages } = await everyPage(app, who);
      const data = [...Object.values(NASTY), 'Gatehouse', '127.0.0.x', '192.0.2.x', 'Bob'];

      for (const { path, text } of pages) {
        const attributes = ['a', 'button', 'nav', 'img', 'input', 'div', 'p'].flatMap((tag) =>
          tagsOf(text, tag).flatMap((one) =>
            ['aria-label', 'title', 'alt', 'placeholder'].map((name) => one.get(name) ?? ''),
          ),
        );
        const whole = [...textsOf(text.replaceAll(/<bdi>[^<]*<\/bdi>/g, '')), ...attributes].join('\n');
        let rest = whole;
        // From the inside out: messages are put into messages.
        while (/⟦[^⟦⟧]*⟧/.test(rest)) rest = rest.replaceAll(/⟦[^⟦⟧]*⟧/g, '');
        for (const known of data) rest = rest.replaceAll(known, '');
        expect(rest.replaceAll(/[\da-f]{8}-[\da-f-]{27}/g, ''), path).not.to.match(/\p{L}/u);
        expect(whole, path).to.include('⟦');
      }
    });
  }
});
