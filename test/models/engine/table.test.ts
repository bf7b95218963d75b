import { expect } from 'chai';
import fc from 'fast-check';
import type { Index, StoredRecord } from '../../../models/engine/storage_engine.js';
import { Table } from '../../../models/engine/table.js';

const INDEXES: readonly Index[] = [
  { attribute: 'email', unique: true },
  { attribute: 'group', unique: false },
];

/** A step of a table's life: few ids and groups, so that they meet often. */
const steps = fc.array(
  fc.record({
    remove: fc.boolean(),
    id: fc.nat(30),
    group: fc.option(fc.nat(3)),
    email: fc.option(fc.nat(40)),
  }),
  { maxLength: 400 },
);

function text(value: number | null): string | null {
  return value === null ? null : `${value}`;
}

describe('Table', () => {
  it('does what a Map and a scan would do, whatever comes', () => {
    fc.assert(
      fc.property(steps, (life) => {
        const table = new Table(INDEXES);
        const model = new Map<string, StoredRecord>();
        const snapshots = [];
        for (const { remove, id, group, email } of life) {
          const record = { id: `${id}`, group: text(group), email: text(email) };
          const isTaken = [...model.values()].some((r) => r.id !== record.id && r['email'] === record.email);
          if (remove) expect(table.delete(record.id)).to.equal(model.delete(record.id));
          else if (record.email === null || !isTaken) {
            table.set(record);
            model.set(record.id, record);
          }
          if (id === 0) snapshots.push({ taken: table.snapshot(), expected: [...model.values()] });
        }
        for (const { taken, expected } of snapshots) {
          expect([...taken]).to.deep.equal(expected);
          expect(taken.size).to.equal(expected.length);
        }
        const records = [...model.values()];
        expect([...table.snapshot()]).to.deep.equal(records);
        expect(table.size).to.equal(records.length);
        for (let i = 0; i <= 40; i += 1) {
          expect(table.get(`${i}`)).to.equal(model.get(`${i}`));
          expect(table.find('email', `${i}`)).to.deep.equal(records.filter((r) => r['email'] === `${i}`));
          const shared = table.find('group', `${i}`);
          expect([...shared].toSorted(byId)).to.deep.equal(
            records.filter((r) => r['group'] === `${i}`).toSorted(byId),
          );
        }
      }),
      { numRuns: 300 },
    );
  });

  it('gives the room of removed records back little by little', () => {
    const table = new Table(INDEXES);
    for (let i = 0; i < 5000; i += 1) table.set({ id: `${i}`, group: 'all', email: `${i}` });
    for (let i = 0; i < 4990; i += 1) table.delete(`${i}`);

    expect([...table.snapshot()].map(({ id }) => id)).to.deep.equal(
      Array.from({ length: 10 }, (_, i) => `${4990 + i}`),
    );
    expect(table.find('group', 'all')).to.have.length(10);
    expect(table.find('email', '4995')).to.have.length(1);
    expect(table.rowCount).to.be.below(1000);
  });
});

function byId(a: StoredRecord, b: StoredRecord): number {
  return a.id < b.id ? -1 : 1;
}
