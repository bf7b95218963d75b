import { expect } from 'chai';
import { Visitor } from '../../support/account.js';
import { buildApp, makeUser } from '../../support/app.js';
import { anEvent, AuditTest } from '../../support/audit.js';

const NOT_A_CURSOR = { error: 'before must be given once, as the next of another page' };

describe('GET /auth/activity', () => {
  const test = new AuditTest();

  async function loggedIn(): Promise<Visitor> {
    const visitor = new Visitor(buildApp({ authType: 'session_db_auth', audit: await test.audit() }));
    await visitor.login(await makeUser());
    return visitor;
  }

  it('V16.2.1 shows one’s own trail page by page, with the last part of addresses blanked', async () => {
    const audit = await test.audit();
    const app = buildApp({ authType: 'session_db_auth', audit });
    const user = await makeUser();
    const visitor = new Visitor(app);
    for (let count = 0; count < 60; count += 1) await audit.record(anEvent({ user: user.id }));
    await audit.record(anEvent({ user: 'somebody else' }));
    await visitor.login(user);

    const first = (await visitor.send('get', '/auth/activity')).body;
    const second = (await visitor.send('get', `/auth/activity?before=${first.next}`)).body;

    expect([first.events.length, second.events.length, second.next]).to.deep.equal([50, 11, null]);
    expect(first.events[0]).to.include({ event: 'login', outcome: 'success', address: '127.0.0.x' });
    expect(second.events[10]).to.have.all.keys('at', 'event', 'outcome', 'address', 'device', 'session');
    expect(second.events[10].address).to.equal('192.0.2.x');
  });

  it('V2.2.1 refuses what no page said as its next, instead of showing that nothing happened', async () => {
    const visitor = await loggedIn();

    for (const before of ['garbage', '', '%00', '%ff%fe', '2026-01-31.0.3']) {
      const response = await visitor.send('get', `/auth/activity?before=${before}`);
      expect([response.status, response.body], before).to.deep.equal([400, NOT_A_CURSOR]);
    }
  });

  it('V15.3.7 refuses a next that is given twice, however good', async () => {
    const visitor = await loggedIn();
    const next = Buffer.from('2026-01-31.0.3').toString('base64url');

    const once = await visitor.send('get', `/auth/activity?before=${next}`);
    const twice = await visitor.send('get', `/auth/activity?before=${next}&before=${next}`);

    expect([once.status, once.body]).to.deep.equal([200, { events: [], next: null }]);
    expect([twice.status, twice.body]).to.deep.equal([400, NOT_A_CURSOR]);
  });
});
