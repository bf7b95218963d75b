import { expect } from 'chai';
import { Ledger, type HeldSession } from '../../bench/soak/ledger.js';

/** A session that runs out at 10,000 and may lie idle for 1,000; it was last used from 500 to 600. */
function session(changes: Partial<HeldSession> = {}): HeldSession {
  const lastUse = { sent: 500, answered: 600 };
  return { cookie: 'c=1', digest: 'd', expiresAt: 10_000, isIdling: true, lastUse, ...changes };
}

describe('what a soak holds against a server', () => {
  const ledger = new Ledger({ idle: 1000 });

  it('is a session that is open until its idle limit, counted from when its last use was sent', () => {
    expect(ledger.verdictOn(session(), 1400, 1500)).to.equal('open');
    expect(ledger.verdictOn(session(), 1500, 1501)).to.equal('either');
  });

  it('is a session that is over after its idle limit, counted from when its last use was answered', () => {
    expect(ledger.verdictOn(session(), 1600, 1700)).to.equal('either');
    expect(ledger.verdictOn(session(), 1601, 1700)).to.equal('over');
  });

  it('is a session without an idle limit that is open until it runs out', () => {
    const remembered = session({ isIdling: false });

    expect(ledger.verdictOn(remembered, 9000, 10_000)).to.equal('open');
    expect(ledger.verdictOn(remembered, 9999, 10_001)).to.equal('either');
    expect(ledger.verdictOn(remembered, 10_001, 10_002)).to.equal('over');
  });

  it('is less after a crash, which may forget the latest use but brings nothing back', () => {
    expect(ledger.verdictOn(session(), 1300, 1400, 100)).to.equal('open');
    expect(ledger.verdictOn(session(), 1400, 1401, 100)).to.equal('either');
    expect(ledger.verdictOn(session(), 1601, 1700, 100)).to.equal('over');
  });

  it('keeps a session that is taken from everybody else', () => {
    const own = new Ledger({ idle: 1000 });
    own.add(session({ cookie: 'c=1' }));
    own.add(session({ cookie: 'c=2' }));

    const [one, other, none] = [own.take(), own.take(), own.take()];

    expect([one?.cookie, other?.cookie]).to.have.members(['c=1', 'c=2']);
    expect(none).to.equal(null);
    expect(own.sessions).to.deep.equal([]);
  });

  it('keeps some sessions from being used at all', () => {
    const own = new Ledger({ idle: 1000 });

    for (let i = 0; i < 60; i += 1) own.add(session({ isIdling: false }));

    expect(own.sessions).to.have.length(60);
    expect(own.awake).to.equal(50);
  });
});
