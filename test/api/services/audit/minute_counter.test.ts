import { expect } from 'chai';
import { AuditTest, anEvent } from '../../../support/audit.js';

describe('what is counted by the minute', () => {
  const test = new AuditTest();

  function denied(changes: Parameters<typeof anEvent>[0] = {}) {
    return anEvent({
      event: 'denied',
      outcome: 'failure',
      user: null,
      detail: 'GET /api/v1/users 401',
      ...changes,
    });
  }

  function throttled(changes: Parameters<typeof anEvent>[0] = {}) {
    return anEvent({ event: 'throttle', outcome: 'failure', ...changes });
  }

  it('makes few lines of ten thousand anonymous denials: one for each route, status and minute', async () => {
    const audit = await test.audit();
    for (let request = 0; request < 10_000; request += 1) {
      const detail = request % 4 === 0 ? 'GET /auth/status 401' : 'GET /api/v1/users 401';
      await audit.record(denied({ detail, requestId: `${request}` }));
      // 120 seconds in all, from a full minute on.
      test.clock.now += 12;
    }
    await audit.close();

    const lines = (await test.events()).map(({ at, detail, count }) => [at.slice(11, 19), detail, count]);
    expect(lines).to.deep.equal([
      ['12:00:00', 'GET /auth/status 401', 1250],
      ['12:00:00', 'GET /api/v1/users 401', 3750],
      ['12:01:00', 'GET /auth/status 401', 1250],
      ['12:01:00', 'GET /api/v1/users 401', 3750],
    ]);
  });

  it('names the address that all of them came from, and none when there were several', async () => {
    const audit = await test.audit();
    for (let request = 0; request < 3; request += 1) await audit.record(denied());
    await audit.record(denied({ detail: 'other', address: 'a' }));
    await audit.record(denied({ detail: 'other', address: 'b' }));
    await audit.record(denied({ detail: 'other', address: 'b' }));
    await audit.close();

    const lines = (await test.events()).map(({ address, count, request_id }) => [address, count, request_id]);
    expect(lines).to.deep.equal([
      ['192.0.2.7', 3, null],
      [null, 3, null],
    ]);
  });

  it('is written when its minute is over: with the next event, or after a while without one', async () => {
    const audit = await test.audit();
    await audit.record(denied());
    await audit.tick();
    expect(await test.files()).to.deep.equal([]);

    test.clock.advance(60);
    await audit.record(anEvent());
    expect((await test.events()).map(({ event }) => event)).to.deep.equal(['denied', 'login']);

    await audit.record(denied());
    test.clock.advance(60);
    await audit.tick();
    await audit.tick();
    expect((await test.events()).map(({ event }) => event)).to.deep.equal(['denied', 'login', 'denied']);
  });

  it('survives a clock that is set back', async () => {
    const audit = await test.audit();
    await audit.record(denied());
    test.clock.advance(-600);
    await audit.record(denied());
    await audit.close();

    expect((await test.events()).map(({ count }) => count)).to.deep.equal([1, 1]);
  });

  it('is not what a known user is denied: the first is written at once, only its repetition is counted', async () => {
    const audit = await test.audit();
    for (let request = 0; request < 10; request += 1) await audit.record(denied({ user: 'ann' }));

    expect(
      (await test.events()).map(({ user, request_id, count }) => [user, request_id, count]),
    ).to.deep.equal([['ann', 'r1', undefined]]);
    test.clock.advance(60);
    await audit.tick();
    expect((await test.events())[1]).to.include({
      user: 'ann',
      count: 9,
      address: '192.0.2.7',
      request_id: null,
    });
    expect((await audit.activityOf('ann')).events).to.have.length(2);
  });

  it('makes few lines of ten thousand throttled requests, and shows the account’s owner the first at once', async () => {
    const audit = await test.audit();
    for (let request = 0; request < 10_000; request += 1) await audit.record(throttled());
    expect((await audit.activityOf('ann')).events).to.have.length(1);
    await audit.close();

    expect((await test.events()).map(({ count }) => count)).to.deep.equal([undefined, 9999]);
  });

  it('tells users, addresses, emails and details apart', async () => {
    const audit = await test.audit();
    const kinds = [
      throttled(),
      throttled({ user: 'bob' }),
      throttled({ address: '192.0.2.8' }),
      throttled({ detail: 'POST /auth/confirm' }),
      throttled({ user: null, email: 'a@x' }),
      throttled({ user: null, email: 'b@x' }),
    ];
    for (const kind of [...kinds, ...kinds]) await audit.record(kind);

    expect(await test.events()).to.have.length(6);
  });

  it('is bounded in memory and lines, however many emails and addresses are made up', async () => {
    const audit = await test.audit();
    for (let request = 0; request < 5000; request += 1) {
      await audit.record(
        throttled({ user: null, email: `${request}@x`, address: `192.0.2.${request % 256}` }),
      );
      await audit.record(denied({ detail: `GET /${request} 404` }));
    }
    await audit.close();

    const events = await test.events();
    expect(events.length).to.be.below(250);
    const counted = events.reduce((sum, { count = 1 }) => sum + count, 0);
    expect(counted).to.equal(10_000);
    expect(
      events
        .filter(({ detail }) => detail === 'others')
        .map(({ event, user, address }) => [event, user, address]),
    ).to.deep.equal([
      ['throttle', null, null],
      ['denied', null, null],
    ]);
  });

  it('never is a login, a failure or a logout: each has its line', async () => {
    const audit = await test.audit();
    for (const event of ['login', 'failure', 'logout'] as const)
      for (let time = 0; time < 3; time += 1) await audit.record(anEvent({ event }));

    expect(await test.events()).to.have.length(9);
  });
});
