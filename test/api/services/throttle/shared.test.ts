import { expect } from 'chai';
import { TestClock } from '../../../support/clock.js';
import { Guesser, type Outcome } from '../../../support/guesser.js';
import { needStore, processesOn, STORES, type Process } from '../../../support/processes.js';
import { ThrottleEntry } from '../../../../models/throttle_entry.js';
import type { Attempting } from '../../../../api/services/throttle.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };
const BOB = { email: 'bob@example.org', address: '192.0.2.7' };

/** A server with a throttle of its own before somebody's password. */
class Server {
  readonly #process: Process;
  readonly guesser: Guesser;

  constructor(process: Process, clock: TestClock) {
    this.#process = process;
    this.guesser = new Guesser({ clock });
  }

  run<T>(work: (guesser: Guesser) => T): T {
    return this.#process.run(() => work(this.guesser));
  }

  wrong(who: Partial<Attempting> = {}): Promise<Outcome> {
    return this.run((guesser) => guesser.wrong(who));
  }

  right(who: Partial<Attempting> = {}): Promise<Outcome> {
    return this.run((guesser) => guesser.right(who));
  }

  /** So many wrong tries for one account at once, each from another network. */
  async wrongFromAnywhere(times: number): Promise<void> {
    await Promise.all(Array.from({ length: times }, (_, made) => this.wrong({ address: `203.0.${made}.1` })));
  }
}

function count(outcomes: readonly Outcome[], outcome: Outcome): number {
  return outcomes.filter((other) => other === outcome).length;
}

for (const store of STORES) {
  describe(`the throttles of several servers on one store: ${store}`, function () {
    this.timeout(20_000);
    let clock: TestClock;
    let servers: Server[];
    let [one, other]: Server[] = [];
    beforeEach(needStore(store));
    beforeEach(async () => {
      clock = new TestClock();
      servers = (await processesOn(store, 3)).map((process) => new Server(process, clock));
      [one, other] = servers;
    });

    const serverFor = (number: number): Server => servers[number % servers.length] as Server;
    const hashes = (): number => servers.reduce((sum, { guesser }) => sum + guesser.hashes, 0);
    const entries = (): Promise<ThrottleEntry[]> => one!.run(() => ThrottleEntry.all());

    it('V6.3.1 let a hundred wrong guesses at once get no further than five in a row would', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 100 }, (_, made) => serverFor(made).wrong(BOB)),
      );

      expect(hashes()).to.equal(5);
      expect([count(outcomes, 'wrong'), count(outcomes, 1)]).to.deep.equal([5, 95]);
      expect(await other!.right(BOB), 'the delay holds everywhere').to.equal(1);
    });

    for (const [limit, who] of [
      ['an account', (made: number) => ({ address: `203.0.${made}.7` })],
      ['an address', (made: number) => ({ email: `pupil${made}@example.org` })],
    ] as const) {
      it(`V6.3.1 let no more than a hundred guesses pass the limit of ${limit}, and lose none of them`, async () => {
        await Promise.all(Array.from({ length: 60 }, (_, made) => serverFor(made).wrong(who(made))));
        const outcomes = await Promise.all(
          Array.from({ length: 100 }, (_, made) => serverFor(made).wrong(who(made + 60))),
        );

        expect(hashes()).to.equal(100);
        expect(count(outcomes, 'wrong')).to.equal(40);
        expect(Math.max(...(await entries()).map(({ wrong }) => wrong))).to.equal(100);
      });
    }

    it('let all right passwords through that come at once', async () => {
      for (let made = 0; made < 4; made += 1) await serverFor(made).wrong(BOB);

      const outcomes = await Promise.all(Array.from({ length: 30 }, (_, made) => serverFor(made).right(BOB)));

      expect(count(outcomes, 'right')).to.equal(30);
      expect(
        (await entries()).map(({ kind, wrong, pending }) => [kind, wrong, pending.length]),
      ).to.have.deep.members([
        ['row', 0, 0],
        ['delay', 0, 0],
        ['address', 4, 0],
        ['networks', 0, 0],
      ]);
    });

    it('forget row and delays by an unlock on any of them, from the next attempt on', async () => {
      await one!.right(HOME);
      await one!.run((guesser) => guesser.wrongPatiently(9, HOME));
      await one!.wrongFromAnywhere(91);
      const before = [await other!.wrong(ELSEWHERE), await one!.wrong(HOME)];

      await other!.run(({ throttle }) => throttle.unlock('BOB@example.org'));
      const after = [await one!.wrong(ELSEWHERE), await one!.wrong(HOME)];

      expect(before).to.deep.equal([DAY, 16]);
      expect(after).to.deep.equal(['wrong', 'wrong']);
    });

    it('do not count again after an unlock what was counted before', async () => {
      const under = await one!.run(({ throttle }) => throttle.check({ ...BOB, ...HOME }));
      for (let made = 0; made < 4; made += 1) await one!.wrong(HOME);
      await other!.run(({ throttle }) => throttle.unlock(BOB.email));
      await one!.run(() => under.failed());

      const outcomes = [];
      for (let made = 0; made < 6; made += 1) outcomes.push(await serverFor(made).wrong(HOME));

      expect(outcomes).to.deep.equal(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 1]);
    });

    it('know the same networks, and forget them together', async () => {
      await one!.right(HOME);
      await one!.wrongFromAnywhere(100);

      expect([await other!.wrong(ELSEWHERE), await other!.wrong(HOME)]).to.deep.equal([DAY, 'wrong']);
      await one!.run(({ throttle }) => throttle.forget(BOB.email));
      await one!.wrongFromAnywhere(100);
      expect(await other!.right(HOME)).to.equal(DAY);
    });

    it('keep nothing for long of who was right at once but the networks', async () => {
      await one!.right(BOB);

      clock.advance(60);

      const left = (await entries()).filter((entry) => entry.expires_at.getTime() > clock.now);
      expect(left.map(({ kind }) => kind)).to.deep.equal(['networks']);
    });

    it('V6.3.1 count the attempts of one that died as wrong, a minute after they began', async () => {
      for (let made = 0; made < 3; made += 1) await other!.run(({ throttle }) => throttle.check(BOB));
      for (let made = 0; made < 2; made += 1) await one!.wrong(BOB);

      clock.advance(60);

      expect([await one!.wrong(BOB), await one!.wrong(BOB)], 'the sixth, and the seventh').to.deep.equal([
        'wrong',
        2,
      ]);
    });
  });
}
