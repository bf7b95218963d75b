import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { buildApp } from '../../support/app.js';
import { tagsOf } from '../../support/html.js';
import { everyPage } from '../../support/page_list.js';

const CSS = readFileSync(new URL('api/pages/style.css', import.meta.resolve('#package')), 'utf8');
const KILOBYTE = 1000;

/** The colours of a scheme by their names. */
function coloursOf(scheme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const [light = '', dark = ''] = [...CSS.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block);
  const block = scheme === 'light' ? light : dark;
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[\da-f]+)/g)].map(([, name = '', colour = '']) => [name, colour]),
  );
}

/** Relative luminance (WCAG 2.2). */
function luminance(colour: string): number {
  const digits = colour
    .replace(/^#(.)(.)(.)$/, '#$1$1$2$2$3$3')
    .slice(1)
    .match(/../g);
  const [red = 0, green = 0, blue = 0] = (digits ?? []).map((hex) => {
    const part = Number.parseInt(hex, 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

describe('the style sheet', () => {
  it('is served under the address that pages name, for ever, as the file that it is', async () => {
    const app = buildApp({ authType: 'session_auth' });
    const page = await app.request().get('/');
    const url = tagsOf(page.text, 'link')[0]?.get('href') ?? '';

    const response = await app.request().get(url);

    expect(url).to.match(/^\/style\.css\?v=[\w-]{12}$/);
    expect([response.status, response.type, response.text]).to.deep.equal([200, 'text/css', CSS]);
    expect(response.get('Cache-Control')).to.equal('public, max-age=31536000, immutable');
    expect(response.get('Set-Cookie')).to.equal(undefined);
  });

  for (const path of ['/style.css', '/style.css?v=old', '/favicon.svg', '/favicon.ico']) {
    it(`and other files are asked for again without their version: ${path}`, async () => {
      const app = buildApp({ authType: 'session_auth' });
      const first = await app.request().get(path);

      const again = await app
        .request()
        .get(path)
        .set('If-None-Match', first.get('ETag') ?? '');

      expect([first.status, first.get('Cache-Control')]).to.deep.equal([200, 'no-cache']);
      expect(first.type).to.equal(path.startsWith('/style') ? 'text/css' : 'image/svg+xml');
      expect([again.status, again.text]).to.deep.equal([304, '']);
    });
  }

  for (const scheme of ['light', 'dark'] as const) {
    for (const [text, ...grounds] of [
      ['text', 'ground', 'card', 'tint'],
      ['soft', 'ground', 'card', 'tint'],
      ['accent', 'ground', 'card'],
      ['accent-deep', 'ground', 'card'],
      ['on-accent', 'accent', 'accent-deep'],
      ['bad', 'card', 'bad-tint'],
      ['good', 'good-tint'],
    ] as const) {
      it(`WCAG 1.4.3 has contrast enough in ${scheme}: ${text} on ${grounds.join(', ')}`, () => {
        const colours = coloursOf(scheme);
        for (const ground of grounds)
          expect(contrast(colours.get(text) ?? '', colours.get(ground) ?? ''), ground).to.be.at.least(4.5);
      });
    }

    it(`WCAG 1.4.11 has borders of fields and rings that are seen in ${scheme}`, () => {
      const colours = coloursOf(scheme);
      for (const name of ['edge', 'accent', 'bad'])
        for (const ground of ['card', 'ground'])
          expect(
            contrast(colours.get(name) ?? '', colours.get(ground) ?? ''),
            `${name} ${ground}`,
          ).to.be.at.least(3);
    });
  }
});

for (const who of ['nobody', 'admin'] as const) {
  it(`every page for ${who} weighs less than 20 KB with its style sheet and icon`, async () => {
    const app = buildApp({ authType: 'session_auth' });
    const { pages } = await everyPage(app, who);
    const icon = await app.request().get('/favicon.svg').buffer();
    const rest = Buffer.byteLength(CSS) + Number(icon.get('Content-Length'));

    for (const { path, text } of pages)
      expect(Buffer.byteLength(text) + rest, path).to.be.below(20 * KILOBYTE);
  });
}
