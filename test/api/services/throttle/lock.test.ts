import { expect } from 'chai';
import { PLACES, useGuesser } from '../../../support/guesser.js';

const DAY = 86_400;
const HOME = { address: '198.51.100.7' };
const ELSEWHERE = { address: '198.18.0.1' };
const DEVICE = { ...ELSEWHERE, device: 'device-1' };

for (const place of PLACES) {
  describe(`a hundred wrong tries in a row for one account, counted in ${place}`, () => {
    const guesser = useGuesser(place);

    it('V6.3.1 stop strangers, with the right password too, and cost no further hash', async () => {
      const outcomes = await guesser().wrongFromAnywhere(100);
      expect(new Set(outcomes)).to.deep.equal(new Set(['wrong']));

      expect(await guesser().wrong(ELSEWHERE)).to.equal(DAY);
      expect(await guesser().right(ELSEWHERE)).to.equal(DAY);
      expect(guesser().hashes).to.equal(100);
      expect(await guesser().right({ ...ELSEWHERE, email: 'alice@example.org' })).to.equal('right');
    });

    it('V6.3.1 are the same for an email that nobody has', async () => {
      await guesser().wrongFromAnywhere(100, 'nobody@example.org');

      expect(await guesser().wrong({ ...ELSEWHERE, email: 'nobody@example.org' })).to.equal(DAY);
    });

    it('V6.3.1 shut the owner out neither from a known network nor on a known device', async () => {
      await guesser().right(HOME);
      await guesser().wrongFromAnywhere(100);

      expect(await guesser().wrong({ address: '198.51.100.200' }), 'a slip at home').to.equal('wrong');
      expect(await guesser().wrong(DEVICE), 'a slip on the road').to.equal('wrong');
      expect(await guesser().right(ELSEWHERE)).to.equal(DAY);
      expect(await guesser().right(DEVICE)).to.equal('right');
    });

    it('are forgotten when the owner logs in', async () => {
      await guesser().right(HOME);
      await guesser().wrongFromAnywhere(100);
      expect(await guesser().wrong(ELSEWHERE)).to.equal(DAY);

      expect(await guesser().right(HOME)).to.equal('right');

      expect(await guesser().wrong(ELSEWHERE)).to.equal('wrong');
    });

    it('must be in a row: each success begins a new one', async () => {
      await guesser().wrongFromAnywhere(99);
      expect(await guesser().right(ELSEWHERE)).to.equal('right');

      const outcomes = await guesser().wrongFromAnywhere(99);

      expect(new Set(outcomes)).to.deep.equal(new Set(['wrong']));
      expect(await guesser().right({ address: '198.18.5.1' })).to.equal('right');
    });

    it('are forgotten after a day of quiet, which no stranger lets pass by knocking', async () => {
      await guesser().wrongFromAnywhere(100);

      guesser().clock.advance(DAY - 1);
      expect(await guesser().wrong(ELSEWHERE), 'a knock: the day begins anew').to.equal(DAY);
      guesser().clock.advance(DAY - 1);
      expect(await guesser().wrong(ELSEWHERE)).to.equal(DAY);
      guesser().clock.advance(DAY);

      expect(await guesser().wrong(ELSEWHERE)).to.equal('wrong');
      expect(guesser().hashes).to.equal(101);
    });

    it('are in a row however slowly they come, if never a day apart', async () => {
      for (let made = 0; made < 100; made += 1) {
        expect(await guesser().wrong({ address: `203.0.${made}.1` })).to.equal('wrong');
        guesser().clock.advance(DAY - 1);
      }

      expect(await guesser().wrong(ELSEWHERE)).to.equal(DAY);
    });

    it('are forgotten by unlock, whatever the case of the email, and the delays with them', async () => {
      await guesser().wrongPatiently(9, HOME);
      await guesser().wrongFromAnywhere(91);
      expect(await guesser().wrong(ELSEWHERE)).to.equal(DAY);

      await guesser().throttle.unlock('BOB@example.org');

      expect([await guesser().wrong(ELSEWHERE), await guesser().wrong(HOME)]).to.deep.equal([
        'wrong',
        'wrong',
      ]);
    });

    it('count wherever they come from, the owner’s devices and networks as well', async () => {
      await guesser().right(HOME);
      await guesser().wrongPatiently(5, HOME);
      await guesser().wrongPatiently(5, DEVICE);
      await guesser().wrongFromAnywhere(90);

      expect(await guesser().wrong({ address: '198.18.5.1' })).to.equal(DAY);
    });

    it('leave known networks with their delay', async () => {
      await guesser().right(HOME);
      await guesser().wrongFromAnywhere(100);

      await guesser().wrongPatiently(5, HOME);

      expect(await guesser().right(HOME)).to.equal(1);
    });
  });
}
