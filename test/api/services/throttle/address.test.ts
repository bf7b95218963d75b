import { expect } from 'chai';
import { PLACES, useGuesser, type Outcome } from '../../../support/guesser.js';

const SCHOOL = '192.0.2.7';

function pupil(number: number): { email: string; address: string } {
  return { email: `pupil${number}@example.org`, address: SCHOOL };
}

for (const place of PLACES) {
  describe(`the throttle of an address, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    async function slips(count: number, address = SCHOOL): Promise<Outcome[]> {
      const outcomes: Outcome[] = [];
      for (let made = 0; made < count; made += 1)
        outcomes.push(await guesser().wrong({ email: `p${made}@example.org`, address }));
      return outcomes;
    }

    it('V6.3.1 lets a class of 40 behind one address log in at once', async () => {
      const outcomes = await Promise.all(
        Array.from({ length: 40 }, (_, number) => guesser().right(pupil(number))),
      );

      expect(new Set(outcomes)).to.deep.equal(new Set(['right']));
    });

    it('V6.3.1 lets that class log in within a minute with two slips each', async () => {
      const outcomes: Outcome[] = [];
      for (let number = 0; number < 40; number += 1) {
        outcomes.push(await guesser().wrong(pupil(number)), await guesser().wrong(pupil(number)));
        outcomes.push(await guesser().right(pupil(number)));
        guesser().clock.advance(1);
      }

      expect(outcomes.filter((outcome) => outcome === 'right')).to.have.length(40);
      expect(outcomes.filter((outcome) => typeof outcome === 'number')).to.deep.equal([]);
    });

    it('V6.3.1 allows a hundred wrong tries in 15 minutes, whichever the accounts', async () => {
      expect(new Set(await slips(100))).to.deep.equal(new Set(['wrong']));

      expect(await guesser().wrong(pupil(1))).to.equal(900);
      guesser().clock.advance(600);
      expect(await guesser().right(pupil(2))).to.equal(300);
      expect(guesser().hashes).to.equal(100);
      guesser().clock.advance(300);
      expect(await guesser().right(pupil(2))).to.equal('right');
    });

    it('counts the time from the first wrong try', async () => {
      await slips(1);
      guesser().clock.advance(899);
      await slips(99);

      expect(await guesser().wrong(pupil(1))).to.equal(1);
      guesser().clock.advance(1);
      expect(await guesser().wrong(pupil(1))).to.equal('wrong');
    });

    it('counts no success, neither for nor against', async () => {
      for (let number = 0; number < 150; number += 1) await guesser().right(pupil(number));
      await slips(99);
      await guesser().right(pupil(1));

      expect(await guesser().wrong(pupil(1))).to.equal('wrong');
      expect(await guesser().right(pupil(1))).to.equal(900);
    });

    it('is of one address with IPv4, and of a /64 with IPv6', async () => {
      await slips(100);
      await slips(100, '2001:db8:1:2::7');

      expect(await guesser().wrong({ ...pupil(1), address: `::ffff:${SCHOOL}` })).to.equal(900);
      expect(await guesser().wrong({ ...pupil(1), address: '192.0.2.8' })).to.equal('wrong');
      expect(await guesser().wrong({ ...pupil(1), address: '2001:db8:1:2:9::8' })).to.equal(900);
      expect(await guesser().wrong({ ...pupil(1), address: '2001:db8:1:3::7' })).to.equal('wrong');
    });
  });
}
