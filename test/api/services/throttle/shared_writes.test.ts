import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect } from 'chai';
import { bindModel, useClock } from '../../../../models/base.js';
import { MemoryEngine } from '../../../../models/engine/memory_engine.js';
import { StorageUnavailableError, type StoredRecord } from '../../../../models/engine/storage_engine.js';
import { useMemory } from '../../../../models/storage.js';
import { ThrottleEntry } from '../../../../models/throttle_entry.js';
import { Guesser } from '../../../support/guesser.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };

/** A store that counts its writes, cannot be walked through, and may be away or in others' hands. */
class Store extends MemoryEngine {
  writes = 0;
  isAway = false;
  isBusy = false;

  override async get(id: string): Promise<StoredRecord | null> {
    this.#answer();
    await nextTurn();
    return super.get(id);
  }

  override async insert(record: StoredRecord): Promise<boolean> {
    this.#write();
    return !this.isBusy && super.insert(record);
  }

  override async update(...change: Parameters<MemoryEngine['update']>): Promise<StoredRecord | null> {
    this.#write();
    return this.isBusy ? null : super.update(...change);
  }

  override async put(): Promise<void> {
    throw new Error('it would take what others count');
  }

  override async delete(): Promise<boolean> {
    throw new Error('it would take what others count');
  }

  override async all(): Promise<readonly StoredRecord[]> {
    throw new Error('there may be millions');
  }

  override slices(): AsyncIterable<readonly StoredRecord[]> {
    throw new Error('there may be millions');
  }

  #write(): void {
    this.#answer();
    this.writes += 1;
  }

  #answer(): void {
    if (this.isAway) throw new StorageUnavailableError('it is away');
  }
}

describe('a throttle on a shared store', () => {
  let store: Store;
  let guesser: Guesser;
  beforeEach(() => {
    store = new Store(ThrottleEntry);
    bindModel(ThrottleEntry, store, { isShared: true });
    guesser = new Guesser();
  });
  afterEach(() => {
    useClock(Date.now);
    useMemory();
  });

  async function errorOf(attempt: Promise<unknown>): Promise<unknown> {
    return attempt.then(
      () => null,
      (error: unknown) => error,
    );
  }

  it('never walks through it, nor removes from it', async () => {
    await guesser.right(HOME);
    await guesser.wrongPatiently(7, HOME);
    await guesser.throttle.unlock('bob@example.org');
    await guesser.throttle.forget('bob@example.org');

    expect(await guesser.throttle.sweep()).to.equal(0);
    expect(await guesser.wrong(HOME)).to.equal('wrong');
  });

  it('goes on with what a single server has counted in its files', async () => {
    const memory = new MemoryEngine(ThrottleEntry);
    bindModel(ThrottleEntry, memory);
    await guesser.right(HOME);
    await guesser.wrongFromAnywhere(99);
    await guesser.wrong(ELSEWHERE);

    bindModel(ThrottleEntry, memory, { isShared: true });
    const outcomes = [await guesser.wrong(ELSEWHERE), await guesser.wrong(HOME)];
    await guesser.throttle.unlock('bob@example.org');

    expect(outcomes).to.deep.equal([DAY, 'wrong']);
    expect(await guesser.wrong(ELSEWHERE)).to.equal('wrong');
  });

  it('writes three charges and three outcomes for a try, and nothing for an attempt that must wait', async () => {
    await guesser.right(HOME);
    store.writes = 0;

    await guesser.wrong(HOME);
    expect(store.writes).to.equal(6);
    await guesser.right(HOME);
    expect(store.writes).to.equal(12);
    await guesser.wrongPatiently(5, HOME);
    expect(store.writes).to.equal(12 + 5 * 6);
    for (let tries = 0; tries < 50; tries += 1) await guesser.wrong(HOME);
    expect(store.writes).to.equal(12 + 5 * 6);
  });

  it('writes together what is counted at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, made) => guesser.wrong({ email: `pupil${made}@example.org` })),
    );

    expect(store.writes).to.be.below(40 * 4 + 20);
  });

  it('notes once a minute that a locked account has no quiet', async () => {
    await guesser.wrongFromAnywhere(100);
    store.writes = 0;

    guesser.clock.advance(59);
    for (let knocks = 0; knocks < 20; knocks += 1) await guesser.wrong(ELSEWHERE);
    expect(store.writes).to.equal(0);
    guesser.clock.advance(1);
    for (let knocks = 0; knocks < 20; knocks += 1) await guesser.wrong(ELSEWHERE);
    expect(store.writes).to.equal(1);
    guesser.clock.advance(DAY - 1);
    expect(await guesser.wrong(ELSEWHERE)).to.equal(DAY);
  });

  it('V6.3.1 checks no password while it is away, and does not say that it was wrong', async () => {
    store.isAway = true;

    const errors = [await errorOf(guesser.right()), await errorOf(guesser.wrong())];

    for (const error of errors) expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(guesser.hashes).to.equal(0);
    expect(await errorOf(guesser.throttle.unlock('bob@example.org'))).to.be.instanceOf(
      StorageUnavailableError,
    );
  });

  it('V6.3.1 counts as wrong what it could not be told the outcome of, which refuses no right password', async () => {
    for (let tries = 0; tries < 4; tries += 1) await guesser.wrong();
    const right = guesser.throttle.guard({ email: 'bob@example.org', address: '192.0.2.7' }, async () => {
      store.isAway = true;
      return {};
    });
    expect(await right).to.deep.equal({});
    store.isAway = false;

    guesser.clock.advance(60);

    expect([await guesser.wrong(), await guesser.wrong()]).to.deep.equal(['wrong', 2]);
  });

  it('V6.3.1 answers no wrong password before it is counted', async () => {
    const who = { email: 'bob@example.org', address: '192.0.2.7' };

    const error = await errorOf(
      guesser.throttle.guard(who, async () => {
        store.isAway = true;
        return null;
      }),
    );

    expect(error).to.be.instanceOf(StorageUnavailableError);
  });

  it('V6.3.1 gives up, and checks no password, when others always come first', async () => {
    store.isBusy = true;
    const start = performance.now();

    const error = await errorOf(guesser.right());

    expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(performance.now() - start).to.be.below(2000);
    expect(guesser.hashes).to.equal(0);
  });
});
