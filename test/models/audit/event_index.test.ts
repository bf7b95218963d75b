import { expect } from 'chai';
import fc from 'fast-check';
import type { AuditFile, Mark } from '../../../models/audit/audit_files.js';
import { EventIndex } from '../../../models/audit/event_index.js';

function file(piece: number): AuditFile {
  return { day: '2026-03-01', piece, size: 0 };
}

interface Known {
  readonly user: string;
  readonly piece: number;
  readonly offset: number;
}

/** What the index should find, the slow way. */
function expected(events: readonly Known[], user: string): readonly (readonly [number, number])[] {
  return events
    .filter((event) => event.user === user)
    .map(({ piece, offset }) => [piece, offset] as const)
    .toReversed();
}

/** All pages, following marks. */
function found(index: EventIndex, user: string, limit: number): (readonly [number, number])[] {
  const all: (readonly [number, number])[] = [];
  for (let mark: Mark | null = null; ;) {
    const places = index.find(user, mark, limit);
    all.push(...places.map((place) => [place.file.piece, place.offset] as const));
    const last = places.at(-1);
    if (!last || places.length < limit) return all;
    mark = { ...last.file, ordinal: last.ordinal };
  }
}

describe('EventIndex', () => {
  it('finds what a scan would, newest first, page by page, while files come and go', () => {
    const users = ['ann', 'bob', '__proto__'];
    const steps = fc.array(fc.constantFrom(...users, ...users, 'file', 'drop'), { maxLength: 200 });
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 5 }), (actions, limit) => {
        const index = new EventIndex();
        index.startFile(file(0));
        let [oldest, newest, offset] = [0, 0, 0];
        let events: Known[] = [];
        for (const action of actions) {
          offset += 7;
          if (action === 'file') index.startFile(file((newest += 1)));
          else if (action !== 'drop') {
            index.add(action, offset);
            events.push({ user: action, piece: newest, offset });
          } else if (oldest < newest) {
            index.dropOldest();
            oldest += 1;
            events = events.filter(({ piece }) => piece >= oldest);
          }
        }

        for (const user of users) expect(found(index, user, limit)).to.deep.equal(expected(events, user));
        expect(index.users).to.equal(new Set(events.map(({ user }) => user)).size);
      }),
    );
  });

  it('finds nothing of somebody unknown, or when it is empty', () => {
    const index = new EventIndex();
    expect(index.find('ann', null, 5)).to.deep.equal([]);
    index.startFile(file(0));
    index.add('ann', 0);
    expect(index.find('bob', null, 5)).to.deep.equal([]);
  });

  it('starts anew when every file is gone', () => {
    const index = new EventIndex();
    index.startFile(file(0));
    index.add('ann', 3);
    index.dropOldest();
    index.startFile(file(1));
    index.add('ann', 5);

    expect(index.find('ann', null, 5)).to.deep.equal([{ file: file(1), offset: 5, ordinal: 0 }]);
  });

  it('takes twelve bytes an event, and twenty-four at most while it grows', () => {
    const index = new EventIndex();
    index.startFile(file(0));
    const before = process.memoryUsage().arrayBuffers;
    for (let event = 0; event < 300_000; event += 1) index.add(`user${event % 10}`, event);
    global.gc?.();

    const used = process.memoryUsage().arrayBuffers - before;
    // Arrays that were outgrown may not be collected yet: together they are as long as the last one.
    expect(used / 300_000).to.be.below(48);
    expect(index.find('user3', null, 1)[0]?.offset).to.equal(299_993);
  });
});
