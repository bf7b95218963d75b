import { expect } from 'chai';
import { PLACES, useGuesser, type Outcome } from '../../../support/guesser.js';

function count(outcomes: readonly Outcome[], outcome: Outcome): number {
  return outcomes.filter((other) => other === outcome).length;
}

const WHO = { email: 'bob@example.org', address: '192.0.2.7' };

for (const place of PLACES) {
  describe(`attempts at once, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    it('V6.3.1 cost no more hashes than one after the other: five of a hundred wrong guesses', async () => {
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => guesser().wrong()));

      expect(guesser().hashes).to.equal(5);
      expect([count(outcomes, 'wrong'), count(outcomes, 1)]).to.deep.equal([5, 95]);
    });

    it('V6.3.1 go one by one once they cost a delay', async () => {
      await guesser().wrongPatiently(6);
      guesser().clock.advance(2);

      const outcomes = await Promise.all(Array.from({ length: 20 }, () => guesser().wrong()));

      expect([count(outcomes, 'wrong'), count(outcomes, 4)]).to.deep.equal([1, 19]);
    });

    it('V6.3.1 are no way past the limit of an account: a hundred of three hundred', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, made) => guesser().wrong({ address: `203.0.${made % 250}.${made}` })),
      );

      expect(guesser().hashes).to.equal(100);
      expect(count(outcomes, 'wrong')).to.equal(100);
    });

    it('V6.3.1 are no way past the limit of an address: a hundred of three hundred', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 300 }, (_, made) => guesser().wrong({ email: `pupil${made}@example.org` })),
      );

      expect(guesser().hashes).to.equal(100);
      expect(count(outcomes, 'wrong')).to.equal(100);
    });

    for (const [limit, who] of [
      ['an address', (made: number) => ({ email: `pupil${made}@example.org` })],
      ['an account', (made: number) => ({ address: `203.0.${made}.7` })],
    ] as const) {
      it(`do not keep each other awake while they wait for the last try of ${limit}`, async () => {
        for (let made = 0; made < 99; made += 1) await guesser().wrong(who(made));
        const last = await guesser().throttle.check({ ...WHO, ...who(99) });

        const waiting = [];
        for (const made of [100, 101, 102]) {
          waiting.push(guesser().wrong(who(made)));
          // One after the other, as requests come: this would never be reached while they are busy with each other.
          await new Promise((resolve) => setImmediate(resolve));
        }
        await last.failed();

        expect((await Promise.all(waiting)).every((outcome) => Number(outcome) >= 900)).to.equal(true);
        expect(guesser().hashes).to.equal(99);
      });
    }

    it('are all let through when their password is right, though the fifth is the last free one', async () => {
      await guesser().wrongPatiently(4);

      const outcomes = await Promise.all(Array.from({ length: 50 }, () => guesser().right()));

      expect(count(outcomes, 'right')).to.equal(50);
    });

    it('are not held up by those of another account', async () => {
      await guesser().wrongPatiently(4);
      const under = await guesser().throttle.check(WHO);
      const waiting = guesser().right();

      expect(await guesser().right({ email: 'alice@example.org' })).to.equal('right');
      await under.failed();
      expect(await waiting).to.equal(1);
    });

    it('wait for others in bounds: 64, and then none', async () => {
      const held = await Promise.all(Array.from({ length: 5 }, () => guesser().throttle.check(WHO)));
      const waiting = Array.from({ length: 64 }, () => guesser().right());
      await new Promise((resolve) => setImmediate(resolve));

      expect(await guesser().right()).to.equal(1);
      for (const attempt of held) await attempt.cancelled();
      expect(count(await Promise.all(waiting), 'right')).to.equal(64);
      expect(await guesser().right(), 'the places are free again').to.equal('right');
    });

    it('leave nothing behind when they are refused or cancelled', async () => {
      const held = await Promise.all(Array.from({ length: 4 }, () => guesser().throttle.check(WHO)));
      await guesser().wrong();
      for (const attempt of held) await attempt.cancelled();

      const outcomes = [];
      for (let tries = 0; tries < 5; tries += 1) outcomes.push(await guesser().wrong());

      expect(outcomes).to.deep.equal(['wrong', 'wrong', 'wrong', 'wrong', 1]);
    });
  });
}
