import { expect } from 'chai';
import { PLACES, useGuesser } from '../../../support/guesser.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };
const DEVICE = { ...ELSEWHERE, device: 'device-1' };

for (const place of PLACES) {
  describe(`a known network, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    async function isKnown(address: string): Promise<boolean> {
      await guesser().throttle.unlock('bob@example.org');
      await guesser().wrongFromAnywhere(100);
      return (await guesser().wrong({ address })) === 'wrong';
    }

    it('is one of the last ten', async () => {
      for (let network = 0; network < 11; network += 1)
        await guesser().right({ address: `198.18.${network}.1` });
      await guesser().right({ address: '198.18.1.1' });
      await guesser().right({ address: '198.18.99.1' });

      expect(await isKnown('198.18.1.1'), 'used again').to.equal(true);
      expect(await isKnown('198.18.2.1')).to.equal(false);
      expect(await isKnown('198.18.3.1')).to.equal(true);
    });

    it('is forgotten half a year after the last login', async () => {
      await guesser().right(HOME);
      guesser().clock.advance(170 * DAY);
      await guesser().right(HOME);
      guesser().clock.advance(179 * DAY);
      expect(await isKnown(HOME.address)).to.equal(true);

      guesser().clock.advance(2 * DAY);
      expect(await isKnown(HOME.address)).to.equal(false);
      await guesser().throttle.unlock('bob@example.org');
      await guesser().right(ELSEWHERE);
      expect(await isKnown(HOME.address), 'a login from elsewhere brings it not back').to.equal(false);
    });

    it('is known for one account only, and forgotten with it', async () => {
      await guesser().right({ ...HOME, email: 'alice@example.org' });
      expect(await isKnown(HOME.address)).to.equal(false);

      await guesser().throttle.unlock('bob@example.org');
      await guesser().right(ELSEWHERE);
      expect(await isKnown(ELSEWHERE.address)).to.equal(true);
      await guesser().throttle.forget('bob@example.org');
      expect(await isKnown(ELSEWHERE.address)).to.equal(false);
    });
  });
}

for (const place of PLACES) {
  describe(`a known device, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    it('V6.3.1 is not stopped by wrong tries of others from its network and address', async () => {
      await guesser().wrongPatiently(20, ELSEWHERE);
      for (let pupil = 0; pupil < 100; pupil += 1)
        await guesser().wrong({ ...ELSEWHERE, email: `pupil${pupil}@example.org` });
      expect(await guesser().right(ELSEWHERE)).to.be.a('number');

      expect(await guesser().right(DEVICE)).to.equal('right');
    });

    it('has a delay of its own: five tries, then doubling', async () => {
      await guesser().wrongPatiently(7, DEVICE);

      expect(await guesser().wrong(DEVICE)).to.equal(4);
      expect(await guesser().wrong({ ...DEVICE, address: '203.0.113.1' }), 'on every network').to.equal(4);
      expect(await guesser().wrong({ ...DEVICE, device: 'device-2' })).to.equal('wrong');
      expect(await guesser().wrong({ ...DEVICE, email: 'alice@example.org' })).to.equal('wrong');
      guesser().clock.advance(4);
      expect(await guesser().right(DEVICE)).to.equal('right');
      expect(await guesser().wrong(DEVICE)).to.equal('wrong');
    });

    it('does not forgive its network what others guess there', async () => {
      await guesser().wrongPatiently(10, ELSEWHERE);
      await guesser().right(DEVICE);

      expect(await guesser().wrong(ELSEWHERE)).to.equal(32);
    });
  });
}
