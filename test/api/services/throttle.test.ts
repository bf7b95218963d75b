import { expect } from 'chai';
import { TooManyAttemptsError } from '../../../api/services/throttle.js';
import { PLACES, useGuesser, type Outcome } from '../../support/guesser.js';

const DELAYS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900];

for (const place of PLACES) {
  describe(`the throttle of an account and network, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    it('V6.3.1 lets five wrong tries pass, then asks for a delay that doubles from a second to 15 minutes', async () => {
      const delays: Outcome[] = [];

      const free = [];
      for (let tries = 0; tries < 5; tries += 1) free.push(await guesser().wrong());
      for (let tries = 0; tries < DELAYS.length; tries += 1) {
        const delay = await guesser().wrong();
        delays.push(delay);
        guesser().clock.advance(Number(delay));
        expect(await guesser().wrong()).to.equal('wrong');
      }

      expect(free).to.deep.equal(['wrong', 'wrong', 'wrong', 'wrong', 'wrong']);
      expect(delays).to.deep.equal(DELAYS);
      expect(guesser().hashes).to.equal(5 + DELAYS.length);
    });

    it('V6.3.1 makes a right password wait too, until the very moment, and checks nothing before', async () => {
      await guesser().wrongPatiently(8);
      const { hashes } = guesser();

      expect(await guesser().right()).to.equal(8);
      guesser().clock.now += 7001;
      expect(await guesser().right(), 'in whole seconds, rounded up').to.equal(1);
      expect(guesser().hashes).to.equal(hashes);
      guesser().clock.now += 999;
      expect(await guesser().right()).to.equal('right');
    });

    it('is not made longer by trying too early', async () => {
      await guesser().wrongPatiently(7);

      const outcomes = [await guesser().wrong(), await guesser().wrong(), await guesser().wrong()];
      guesser().clock.advance(4);

      expect(outcomes).to.deep.equal([4, 4, 4]);
      expect(await guesser().wrong()).to.equal('wrong');
    });

    it('is forgotten with a right password', async () => {
      await guesser().wrongPatiently(9);
      guesser().clock.advance(16);
      expect(await guesser().right()).to.equal('right');

      const outcomes = [];
      for (let tries = 0; tries < 6; tries += 1) outcomes.push(await guesser().wrong());

      expect(outcomes).to.deep.equal(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 1]);
    });

    it('fades: one try is forgiven for each quarter of an hour without one', async () => {
      await guesser().wrongPatiently(9);
      expect(await guesser().wrong()).to.equal(16);

      guesser().clock.advance(899);
      expect(await guesser().wrong(), 'the tenth').to.equal('wrong');
      expect(await guesser().wrong()).to.equal(32);
      guesser().clock.advance(3 * 900);
      expect(await guesser().wrong(), 'seven are left, this is the eighth').to.equal('wrong');
      expect(await guesser().wrong()).to.equal(8);
    });

    it('fades from the longest delay within four hours', async () => {
      await guesser().wrongPatiently(40);

      guesser().clock.advance(11 * 900);
      expect([await guesser().wrong(), await guesser().wrong()], 'one is free').to.deep.equal(['wrong', 1]);
      await guesser().wrongPatiently(40);
      guesser().clock.advance(15 * 900);

      const outcomes = [];
      for (let tries = 0; tries < 6; tries += 1) outcomes.push(await guesser().wrong());
      expect(outcomes).to.deep.equal(['wrong', 'wrong', 'wrong', 'wrong', 'wrong', 1]);
    });

    it('counts an account in one, however its email is typed', async () => {
      for (const email of ['Zoë@Example.org', 'zoë@example.org', 'ZOË@EXAMPLE.ORG', 'zoe\u0308@example.org'])
        await guesser().wrong({ email });
      await guesser().wrong({ email: 'zoë@example.org' });

      expect(await guesser().wrong({ email: 'ZOE\u0308@example.org' })).to.equal(1);
      expect(await guesser().wrong({ email: 'zoe@example.org' })).to.equal('wrong');
    });

    const NETWORKS: readonly (readonly [string, string, string, string])[] = [
      ['IPv4', '192.0.2.7', '192.0.2.200', '192.0.3.7'],
      ['IPv6', '2001:db8:1:2::1', '2001:db8:1:2:ffff::1', '2001:db8:1:3::1'],
      ['IPv4 written as IPv6', '192.0.2.7', '::ffff:192.0.2.8', '::ffff:192.0.3.7'],
      ['no address', '', 'nonsense', '192.0.2.7'],
    ];
    for (const [name, address, sameNetwork, otherNetwork] of NETWORKS) {
      it(`counts a network in one, and no other with it: ${name}`, async () => {
        await guesser().wrongPatiently(5, { address });

        expect(await guesser().wrong({ address: sameNetwork })).to.equal(1);
        expect(await guesser().wrong({ address: otherNetwork })).to.equal('wrong');
        expect(await guesser().wrong({ address, email: 'alice@example.org' })).to.equal('wrong');
      });
    }

    it('comes to an end when the clock is set back', async () => {
      await guesser().wrongPatiently(7);
      guesser().clock.advance(-365 * 86_400);

      expect(await guesser().wrong()).to.equal(4);
      guesser().clock.advance(4);
      expect(await guesser().wrong()).to.equal('wrong');
    });
  });
}

for (const place of PLACES) {
  describe(`an attempt, counted in ${place}`, () => {
    const guesser = useGuesser(place);
    const who = { email: 'bob@example.org', address: '192.0.2.7' };

    it('counts for nothing when no password was checked', async () => {
      for (let tries = 0; tries < 10; tries += 1) {
        const error: unknown = await guesser()
          .throttle.guard(who, () => Promise.reject(new Error('too many hashes wait')))
          .catch((thrown: unknown) => thrown);
        expect((error as Error).message).to.equal('too many hashes wait');
      }

      expect(await guesser().wrong()).to.equal('wrong');
    });

    it('is settled by the first that is said of it', async () => {
      for (let tries = 0; tries < 5; tries += 1) {
        const attempt = await guesser().throttle.check(who);
        await attempt.failed();
        await attempt.succeeded();
        await attempt.cancelled();
        await attempt.failed();
      }

      expect(await guesser().wrong()).to.equal(1);
    });

    it('that must wait is refused with an error that says how long, and to an operator why', async () => {
      await guesser().wrongPatiently(6);

      const error: unknown = await guesser()
        .throttle.check(who)
        .catch((thrown: unknown) => thrown);

      expect(error).to.be.instanceOf(TooManyAttemptsError).and.instanceOf(Error);
      expect(error).to.include({ retryAfter: 2, limit: 'delay', message: 'too many attempts' });
    });
  });
}
