import { expect } from 'chai';
import { useClock } from '../../models/base.js';
import { useMemory } from '../../models/storage.js';
import { ThrottleEntry, throttleKey } from '../../models/throttle_entry.js';
import { TestClock } from '../support/clock.js';
import { bytesOf, storageIn, tempFolder } from '../support/temp_storage.js';

describe('ThrottleEntry', () => {
  const clock = new TestClock();
  beforeEach(() => {
    useMemory();
    useClock(() => clock.now);
  });
  afterEach(() => {
    useClock(Date.now);
    useMemory();
  });

  function entry(): ThrottleEntry {
    return new ThrottleEntry({
      id: throttleKey('delay', 'bob@example.org', '192.0.2.0/24'),
      kind: 'delay',
      account: throttleKey('account', 'bob@example.org'),
      wrong: 6,
      tried_at: new Date(clock.now),
      expires_at: new Date(clock.now + 5000),
      networks: ['n'],
    });
  }

  it('is found by its key, and stored once for each', async () => {
    await entry().save();
    await entry().save();

    const found = await ThrottleEntry.get(throttleKey('delay', 'bob@example.org', '192.0.2.0/24'));

    expect(found?.wrong).to.equal(6);
    expect(await ThrottleEntry.count()).to.equal(1);
  });

  it('has keys that tell apart what they are about', () => {
    const keys = [
      throttleKey('delay', 'a', 'b'),
      throttleKey('delay', 'ab'),
      throttleKey('delay', 'a,b'),
      throttleKey('row', 'a', 'b'),
      throttleKey('delay', 'b', 'a'),
    ];

    expect(new Set(keys).size).to.equal(keys.length);
    for (const key of keys) expect(key).to.match(/^[\w-]{43}$/);
  });

  it('survives a restart as it was, whatever the session scheme', async () => {
    const folder = await tempFolder();
    const storage = await storageIn(folder);
    await entry().save();
    await storage.close();

    await storageIn(folder);
    const [found] = await ThrottleEntry.all();

    expect(found?.toRecord()).to.deep.equal(entry().toRecord());
    const text = (await bytesOf(folder))['ThrottleEntry.jsonl'];
    expect(text).to.contain('"wrong":6').and.not.contain('bob').and.not.contain('192');
  });

  it('says nothing once it is empty or over', () => {
    const over = entry();
    const empty = entry();
    empty.clear();

    expect(over.isOverAt(clock.now + 4999)).to.equal(false);
    expect(over.isOverAt(clock.now + 5000)).to.equal(true);
    expect(empty.isOverAt(clock.now)).to.equal(true);
  });

  it('keeps its time when the clock is set back', () => {
    const early = entry();

    early.setBackTo(clock.now - 3_600_000);

    expect(early.tried_at.getTime()).to.equal(clock.now - 3_600_000);
    expect(early.expires_at.getTime()).to.equal(clock.now - 3_600_000 + 5000);
  });

  it('takes what it does not understand for nothing', () => {
    const strange = new ThrottleEntry({ wrong: -3, networks: 'no list', expires_at: 'never' } as never);

    expect([strange.wrong, strange.networks, strange.expires_at.getTime()]).to.deep.equal([0, [], 0]);
  });

  it('shows the world neither counts nor digests', () => {
    expect(Object.keys(entry().toJSON())).to.have.members(['id', 'created_at', 'updated_at', 'kind']);
  });
});
