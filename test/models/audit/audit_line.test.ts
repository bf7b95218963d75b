import { expect } from 'chai';
import fc from 'fast-check';
import {
  auditLine,
  daysBefore,
  LONGEST_LINE,
  parseEvent,
  plainText,
  type StoredEvent,
} from '../../../models/audit/audit_line.js';

const AT = '2026-03-01T12:00:00.000Z';
const SAFE_LINE = /^[\x20-\x7e]+\n$/;
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function eventWith(text: string): StoredEvent {
  const [event, outcome, user, address, device, session, request_id] = Array<string>(7).fill(text);
  const known = { event: event!, outcome: outcome!, user: user!, address: address!, device: device! };
  return {
    at: AT,
    ...known,
    session: session!,
    request_id: request_id!,
    actor: text,
    email: text,
    detail: text,
  };
}

describe('a line of the audit trail', () => {
  it('V16.4.1 is one line of printable ASCII whatever text is in it, and reads back without anything unsafe', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)), maxLength: 400 }),
      fc.string({
        unit: fc.constantFrom('\n', '\r', '\u001B', '\u009B', '"', '\\', '\u2028', '\u202E', '\uD800'),
      }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const line = auditLine(eventWith(text)).text;

        expect(line).to.match(SAFE_LINE);
        expect(line.length).to.be.at.most(LONGEST_LINE);
        const event = parseEvent(line.slice(0, -1));
        expect(event?.detail).to.equal(plainText(text));
        expect(event?.detail).to.not.match(UNSAFE);
      }),
      { numRuns: 300 },
    );
  });

  it('fits in what the reader reads at most, at its longest', () => {
    for (const unit of ['\uFFFF', '\u0000', '"', '😀', 'a']) {
      expect(auditLine(eventWith(unit.repeat(1000))).text.length).to.be.at.most(LONGEST_LINE);
    }
  });

  it('V16.4.1 holds neither colours, nor cursor movements, nor a new line, nor a turned writing direction', () => {
    const { text } = auditLine(eventWith('a\u001B[2Jb\r\nc\u202Ed\u0085e\u2066f\u200Bg'));

    expect(text).to.match(SAFE_LINE);
    expect((JSON.parse(text) as StoredEvent).detail).to.equal(
      'a\uFFFD[2Jb\uFFFD\uFFFDc\uFFFDd\uFFFDe\uFFFDf\uFFFDg',
    );
  });

  it('keeps at most 256 characters of a text, and shows that it was longer', () => {
    expect(plainText('x'.repeat(256))).to.equal('x'.repeat(256));
    expect(plainText('x'.repeat(257))).to.equal(`${'x'.repeat(255)}…`);
    expect(plainText('x'.repeat(1e6))).to.have.length(256);
  });

  it('leaves ordinary text in any language as it is', () => {
    for (const text of ['Firefox on Linux', 'Zoë', 'نص عربي', '日本語', '👍', '']) {
      expect((JSON.parse(auditLine(eventWith(text)).text) as StoredEvent).device).to.equal(text);
    }
  });

  it('is found under the day of its time and the user that it names', () => {
    const line = auditLine({ ...eventWith('x'), user: 'ann' });

    expect([line.day, line.user]).to.deep.equal(['2026-03-01', 'ann']);
    expect(auditLine({ ...eventWith('x'), user: null }).user).to.equal(null);
  });

  for (const text of [null, '', 'x', '1', 'null', '[]', '{}', '{"at":1,"event":"x","outcome":"y"}']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseEvent(text)).to.equal(null);
    });
  }

  it('is not one whose user is no text', () => {
    expect(parseEvent('{"at":"x","event":"x","outcome":"y","user":{}}')).to.equal(null);
  });

  it('counts days over the end of a month and of a year', () => {
    expect(daysBefore('2026-03-01', 1)).to.equal('2026-02-28');
    expect(daysBefore('2026-01-01', 90)).to.equal('2025-10-03');
  });
});
