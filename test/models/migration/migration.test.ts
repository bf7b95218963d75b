import { hash } from 'node:crypto';
import { expect } from 'chai';
import { useClock } from '../../../models/base.js';
import type { StoredRecord } from '../../../models/engine/storage_engine.js';
import {
  checkTarget,
  copy,
  NotTheSameError,
  TargetTakenError,
  verify,
  type Move,
} from '../../../models/migration/migration.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { everyKind, manySessions, NOW, over } from '../../support/all_records.js';
import { MemoryPlace } from '../../support/memory_place.js';

const SESSIONS = manySessions(1300);
const IDS = SESSIONS['UserSession']?.map(({ id }) => id) ?? [];

function moveOf(source: MemoryPlace, target: MemoryPlace): Move & { target: MemoryPlace } {
  return { model: UserSession, source, target };
}

async function idsIn(place: MemoryPlace): Promise<string[]> {
  return (await place.all(UserSession)).map(({ id }) => id);
}

async function refusal(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error('it was not refused'),
    (error: unknown) => error as Error,
  );
}

describe('a migration', () => {
  it('copies records as they are, in their order, and leaves behind those that are over', async () => {
    const source = new MemoryPlace(over());
    for (const [model, records] of [...Object.entries(everyKind()), ...Object.entries(over('later'))])
      source.fill(model, records);
    const move = moveOf(source, new MemoryPlace());

    const copied = await copy(move);
    const verified = await verify(move);

    expect(copied).to.deep.equal({ copied: 3, found: 0, over: 2 });
    expect(await move.target.all(UserSession)).to.deep.equal(everyKind()['UserSession']);
    const lines = (everyKind()['UserSession'] ?? []).map((record) => `${JSON.stringify(record)}\n`).join('');
    expect(verified).to.deep.equal({ records: 3, digest: hash('sha256', lines) });
    expect(source.writes).to.deep.equal([]);
  });

  it('says the same of a copy that it finds complete, and writes nothing', async () => {
    const move = moveOf(new MemoryPlace(SESSIONS), new MemoryPlace());
    await copy(move);
    const first = await verify(move);
    move.target.writes.length = 0;

    const again = await copy(move);

    expect(again).to.deep.equal({ copied: 0, found: 1300, over: 0 });
    expect(await verify(move)).to.deep.equal(first);
    expect(move.target.writes).to.deep.equal([]);
  });

  for (const failing of [1, 2, 499, 500, 501, 1000, 1299, 1300]) {
    it(`goes on where it was interrupted at record ${failing}`, async () => {
      const move = moveOf(new MemoryPlace(SESSIONS), new MemoryPlace());
      move.target.succeeds = (_, number) => number < failing;
      expect(await refusal(copy(move))).to.have.property('name', 'StorageUnavailableError');
      move.target.succeeds = () => true;

      const { found } = await copy(move);

      expect(found).to.equal(failing - 1);
      expect(await idsIn(move.target)).to.deep.equal(IDS);
      expect((await verify(move)).records).to.equal(1300);
    });
  }

  it('writes anew, in their order, what came through beyond a gap when it was interrupted', async () => {
    const move = moveOf(new MemoryPlace(SESSIONS), new MemoryPlace());
    move.target.succeeds = (write, number) => number <= 800 && write !== 'put s600';
    await refusal(copy(move));
    // And then the repair of that is interrupted as well.
    const before = move.target.writes.length;
    move.target.succeeds = (_, number) => number !== before + 20;
    await refusal(copy(move));
    move.target.succeeds = () => true;

    const { found } = await copy(move);

    expect(found).to.equal(600);
    expect(await idsIn(move.target)).to.deep.equal(IDS);
    expect((await verify(move)).records).to.equal(1300);
  });

  const foreign: Readonly<Record<string, (first: StoredRecord, place: MemoryPlace) => void>> = {
    'a record that the source does not have': (_, place) =>
      place.fill('UserSession', [{ id: 'x', created_at: new Date().toISOString() }]),
    'a record of another content': (first, place) =>
      place.fill('UserSession', [{ ...first, device: 'Safari' }]),
    'a record with an attribute more': (first, place) =>
      place.fill('UserSession', [{ ...first, more: null }]),
    'more than an interruption leaves, in another order': (_, place) =>
      place.fill('UserSession', (SESSIONS['UserSession'] ?? []).slice(1, 600)),
  };
  for (const [what, fill] of Object.entries(foreign)) {
    it(`refuses a target with ${what}, and changes nothing in it`, async () => {
      const move = moveOf(new MemoryPlace(SESSIONS), new MemoryPlace());
      fill(SESSIONS['UserSession']?.[0] ?? { id: '' }, move.target);
      const before = await move.target.all(UserSession);

      expect(await refusal(checkTarget(move))).to.be.instanceOf(TargetTakenError);
      expect(await refusal(copy(move))).to.be.instanceOf(TargetTakenError);

      expect(await move.target.all(UserSession)).to.deep.equal(before);
      expect(move.target.writes).to.deep.equal([]);
    });
  }

  it('takes a record of the target that is over for none', async () => {
    const move = moveOf(new MemoryPlace(SESSIONS), new MemoryPlace(over()));

    const { copied } = await copy(move);

    expect(copied).to.equal(1300);
    expect((await verify(move)).records).to.equal(1300);
  });

  it('counts what is over nowhere, not even where it is the same in both', async () => {
    const move = moveOf(new MemoryPlace(over()), new MemoryPlace(over()));

    const { copied, found } = await copy(move);

    expect([copied, found]).to.deep.equal([0, 0]);
    expect((await verify(move)).records).to.equal(0);
  });

  const changes: Readonly<Record<string, (place: MemoryPlace) => unknown>> = {
    changed: (place) =>
      place.fill('UserSession', [{ ...SESSIONS['UserSession']?.[700], id: 's700', address: 'x' }]),
    missing: (place) => place.remove(UserSession, 's700'),
    'missing at the end': (place) => place.remove(UserSession, 's1299'),
    'one too many': (place) => place.fill('UserSession', [{ id: 'x', created_at: new Date().toISOString() }]),
    'in another place': async (place) => {
      await place.remove(UserSession, 's700');
      place.fill('UserSession', [SESSIONS['UserSession']?.[700] ?? { id: '' }]);
    },
  };
  for (const [what, change] of Object.entries(changes)) {
    for (const side of ['source', 'target'] as const) {
      it(`does not pass when a record is ${what} in the ${side}`, async () => {
        const places = { source: new MemoryPlace(SESSIONS), target: new MemoryPlace() };
        const move = moveOf(places.source, places.target);
        await copy(move);

        await change(places[side]);
        const error = await refusal(verify(move));

        expect(error).to.be.instanceOf(NotTheSameError);
        expect(error.message)
          .to.match(/UserSession (?:s70[01]|s1299|x) /)
          .and.contain('stop all servers');
      });
    }
  }

  it('passes when a record was over in the course of it, wherever it is still kept', async () => {
    const [z, a, m] = everyKind()['UserSession'] ?? [];
    for (const [removedIn, ...records] of [
      ['source', z!, a!, m!],
      ['source', z!, m!, a!],
      ['target', z!, a!, m!],
      ['target', z!, m!, a!],
      ['neither', z!, a!, m!],
    ] as const) {
      const places = { source: new MemoryPlace({ UserSession: records }), target: new MemoryPlace() };
      const move = moveOf(places.source, places.target);
      await copy(move);
      // A day and a bit on, the session of 29 days is over, or will be before a clock that is ahead says so.
      useClock(() => NOW + 86_400_000 - 20_000);

      if (removedIn !== 'neither') await places[removedIn].remove(UserSession, 'a');
      const { records: count } = await verify(move);

      expect(count).to.equal(removedIn === 'neither' ? 3 : 2);
      useClock(Date.now);
    }
  });

  it('tells users apart that differ in an attribute this version does not know', async () => {
    const source = new MemoryPlace({ User: everyKind()['User'] ?? [] });
    const move = { model: User, source, target: new MemoryPlace() };
    await copy(move);

    move.target.fill('User', [{ ...(await source.all(User))[1], id: 'ann', later: null }]);

    expect((await refusal(verify(move))).message).to.contain('User ann is not the same in both');
  });
});
