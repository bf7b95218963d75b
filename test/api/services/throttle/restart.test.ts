import { expect } from 'chai';
import { Throttle } from '../../../../api/services/throttle.js';
import { Keys } from '../../../../api/services/keys.js';
import { useClock } from '../../../../models/base.js';
import { StorageUnavailableError } from '../../../../models/engine/storage_engine.js';
import { useMemory, type Storage } from '../../../../models/storage.js';
import { ThrottleEntry, throttleKey } from '../../../../models/throttle_entry.js';
import { Guesser } from '../../../support/guesser.js';
import { bytesOf, storageIn, tempFolder } from '../../../support/temp_storage.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };

describe('the throttle after a restart', () => {
  let folder: string;
  let storage: Storage;
  let guesser: Guesser;
  beforeEach(async () => {
    folder = await tempFolder();
    storage = await storageIn(folder);
    guesser = new Guesser();
  });
  afterEach(() => {
    useClock(Date.now);
    useMemory();
  });

  async function restart(): Promise<void> {
    await storage.close();
    storage = await storageIn(folder);
    guesser.throttle = new Throttle();
  }

  it('keeps nothing that guesses of emails or addresses can be tried on without the key', async () => {
    const who = { email: 'bob@example.org', address: '192.0.2.7' };
    const keysOf = async (throttle: Throttle): Promise<Set<string>> => {
      for (const entry of await ThrottleEntry.all()) await entry.remove();
      guesser.throttle = throttle;
      await guesser.wrong(who);
      return new Set((await ThrottleEntry.all()).flatMap(({ id, account }) => [id, account ?? id]));
    };

    const plain = await keysOf(new Throttle());
    const keyed = await keysOf(new Throttle({ key: Keys.random().subkey('throttle') }));
    const other = await keysOf(new Throttle({ key: Keys.random().subkey('throttle') }));

    expect(plain).to.include(throttleKey('account', who.email));
    expect([plain.size, keyed.size, other.size]).to.deep.equal([3, 3, 3]);
    expect(new Set([...plain, ...keyed, ...other]).size, 'nothing in common').to.equal(9);
  });

  it('V6.3.1 goes on where it was: delay, address, account, known networks', async () => {
    await guesser.right(HOME);
    await guesser.wrongPatiently(8, { email: 'alice@example.org' });
    await guesser.wrongFromAnywhere(100);
    for (let made = 0; made < 100; made += 1)
      await guesser.wrong({ email: `p${made}@example.org`, address: '192.0.9.9' });

    await restart();

    expect(await guesser.wrong({ email: 'alice@example.org' }), 'the delay').to.equal(8);
    expect(await guesser.wrong({ email: 'p@example.org', address: '192.0.9.9' }), 'the address').to.equal(
      900,
    );
    expect(await guesser.wrong(ELSEWHERE), 'the account').to.equal(DAY);
    expect(await guesser.right(HOME), 'the known network').to.equal('right');
  });

  it('remembers what is counted after the storage has removed the old count by itself', async () => {
    await guesser.wrong();
    for (const entry of await ThrottleEntry.all()) await entry.remove();
    await guesser.wrongPatiently(3);

    expect((await ThrottleEntry.all()).map(({ kind, wrong }) => [kind, wrong])).to.deep.include(['row', 4]);
  });

  it('remembers what was forgiven, and a stranger’s knock that a sweep has seen', async () => {
    await guesser.wrongPatiently(9, HOME);
    guesser.clock.advance(16);
    await guesser.right(HOME);
    await guesser.wrongFromAnywhere(100);
    guesser.clock.advance(DAY - 1);
    await guesser.wrong(ELSEWHERE);
    await guesser.throttle.sweep();

    await restart();

    expect(await guesser.wrong(HOME)).to.equal('wrong');
    guesser.clock.advance(2);
    expect(await guesser.wrong(ELSEWHERE)).to.equal(DAY);
  });

  it('remembers an unlock', async () => {
    await guesser.wrongPatiently(9, HOME);
    await guesser.wrongFromAnywhere(91);
    await guesser.throttle.unlock('bob@example.org');

    await restart();

    expect([await guesser.wrong(ELSEWHERE), await guesser.wrong(HOME)]).to.deep.equal(['wrong', 'wrong']);
  });

  it('unlocks what another process has counted', async () => {
    await guesser.wrongFromAnywhere(100);

    await restart();
    await new Throttle().unlock('bob@example.org');
    await restart();

    expect(await guesser.wrong(ELSEWHERE)).to.equal('wrong');
  });

  it('refuses every attempt until it could read what was counted', async () => {
    await guesser.wrongPatiently(7);
    await storage.close();
    guesser.throttle = new Throttle();
    const { hashes } = guesser;

    const error: unknown = await guesser.right().catch((thrown: unknown) => thrown);
    storage = await storageIn(folder);

    expect(error).to.be.instanceOf(StorageUnavailableError);
    expect(guesser.hashes).to.equal(hashes);
    expect(await guesser.right()).to.equal(4);
  });

  it('holds no email and no address in its file', async () => {
    await guesser.wrong({ email: 'correct horse battery', address: '203.0.113.77' });
    await guesser.right({ email: 'Alice@Example.org', address: '2001:db8:1:2::7', device: 'device-1' });
    await guesser.wrong({ email: 'Alice@Example.org', address: '2001:db8:1:2::7', device: 'device-1' });

    const text = (await bytesOf(folder))['ThrottleEntry.jsonl'] ?? '';

    expect(text.match(/"wrong":1/g)).to.have.length(6);
    expect(text).to.match(/"networks":\["[\w-]{43}"\]/);
    expect(text).not.to.match(/horse|alice|example|203\.0|2001|db8|device/i);
  });
});
