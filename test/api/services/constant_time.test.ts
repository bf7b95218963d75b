import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../../../..');
/** A comparison of texts that stops at the first letter that differs; with nothing at all it tells nothing. */
const LETTER_BY_LETTER =
  /\b\w*(?:digest|mac|signature|token|secret|password|hash)\b\s*[!=]==?(?![=\s]*(?:null\b|undefined\b|'|"|\d))/i;

/** The files of the program whose code, without comments, has it. */
function filesWith(pattern: RegExp): string[] {
  return ['api', 'models'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => `${folder}/${file.replaceAll('\\', '/')}`)
      .filter((file) => {
        const text = readFileSync(join(ROOT, file), 'utf8');
        return pattern.test(text.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, ''));
      }),
  );
}

describe('V11.2.4 what must not be found out letter by letter', () => {
  it('is compared in one place, in constant time', () => {
    expect(filesWith(/\btimingSafeEqual\(/)).to.deep.equal(['api/services/keys.ts']);
  });

  it('is compared nowhere else: ids and tokens are found by their digest, passwords by scrypt', () => {
    // What a person types twice, and two stored hashes.
    expect(filesWith(LETTER_BY_LETTER)).to.have.members(['api/cli/ask_password.ts', 'models/user.ts']);
  });

  for (const [code, isBad] of [
    ['if (signature === expected) return true;', true],
    ['return csrfToken == fields[name];', true],
    ['if (password !== null) throw wrong;', false],
    ["if (token === '') return null;", false],
  ] as const) {
    it(`is ${isBad ? '' : 'not '}seen in: ${code}`, () => {
      expect(LETTER_BY_LETTER.test(code)).to.equal(isBad);
    });
  }
});
