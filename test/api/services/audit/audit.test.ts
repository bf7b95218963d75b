import { hash } from 'node:crypto';
import { expect } from 'chai';
import { AuditTest, anEvent, PLACES } from '../../../support/audit.js';

for (const place of PLACES) {
  describe(`Audit in ${place}`, () => {
    const test = new AuditTest(place);

    async function text(): Promise<string> {
      return (await test.lines()).join('\n');
    }

    it('V16.2.1 writes who, what, when, where and how it went, and the request it was', async () => {
      const audit = await test.audit();

      await audit.record(anEvent({ event: 'revoke', actor: 'root', detail: 'by an admin' }));

      expect(await test.events()).to.deep.equal([
        {
          at: '2026-03-01T12:00:00.000Z',
          event: 'revoke',
          outcome: 'success',
          user: 'ann',
          address: '192.0.2.7',
          device: 'Firefox on Linux',
          session: 's1',
          request_id: 'r1',
          actor: 'root',
          detail: 'by an admin',
        },
      ]);
    });

    it('V16.2.2 stamps an event with the time of the call, in UTC, whenever it is written', async () => {
      const audit = await test.audit();

      const recorded = audit.record(anEvent());
      test.clock.advance(10 * 86_400);
      await recorded;

      expect((await test.events())[0]?.at).to.equal('2026-03-01T12:00:00.000Z');
    });

    it('leaves out what is not there, and an actor who is the user', async () => {
      const audit = await test.audit();
      const nobody = { user: null, address: null, device: null, session: null, requestId: null };

      await audit.record(anEvent({ ...nobody, actor: null }));
      await audit.record(anEvent({ actor: 'ann' }));

      expect(Object.keys((await test.events())[0] ?? {})).to.have.length(8);
      expect((await test.events())[1]).to.not.have.property('actor');
    });

    for (const [event, id] of [
      ['login', 'V16.3.1 '],
      ['failure', 'V16.3.1 '],
      ['throttle', 'V16.3.3 '],
      ['logout', ''],
      ['revoke', ''],
      ['password', ''],
      ['confirm', ''],
      ['register', ''],
      ['delete', ''],
      ['admin', ''],
      ['denied', 'V16.3.2 '],
    ] as const) {
      it(`${id}has ${event} in the trail before it answers, for a known user`, async () => {
        const audit = await test.audit();

        await audit.record(anEvent({ event, outcome: 'failure' }));

        const [stored] = await test.events();
        expect([stored?.event, stored?.outcome, stored?.user]).to.deep.equal([event, 'failure', 'ann']);
      });
    }

    describe('with the email of nobody', () => {
      const email = 'Hunter2@Example.org';
      const failure = anEvent({ event: 'failure', outcome: 'failure', user: null, email });

      it('V16.2.5 keeps its digest only, alike for every spelling that means the same account', async () => {
        const audit = await test.audit();

        for (const spelling of [email, email.toLowerCase(), email.toUpperCase(), 'zoe\u0308@x', 'ZOË@x'])
          await audit.record({ ...failure, email: spelling });

        const digests = (await test.events()).map((event) => event.email);
        const expected = `sha256:${hash('sha256', 'hunter2@example.org', 'base64url')}`;
        expect(digests.slice(0, 3)).to.deep.equal([expected, expected, expected]);
        expect(digests[3]).to.equal(digests[4]);
        expect(await text()).to.not.match(/hunter2|example/i);
      });

      it('V16.2.5 uses the installation’s key, so that nobody without it can try guesses', async () => {
        const digests = [];
        for (const digestKey of ['one', 'two', 'one']) {
          const audit = await test.audit({ digestKey });
          await audit.record(failure);
          test.clock.advance(1);
          digests.push((await test.events()).at(-1)?.email);
        }

        expect(digests[0]).to.match(/^hmac:[\w-]{43}$/);
        expect(digests[0]).to.equal(digests[2]).and.not.equal(digests[1]);
      });

      it('does not write it at all where the user is known', async () => {
        await (await test.audit()).record(anEvent({ email }));

        expect((await test.events())[0]).to.not.have.property('email');
      });
    });

    it('V16.2.5 has no place for anything but what it names, whatever a careless caller hands over', async () => {
      const careless = { ...anEvent(), password: 'hunter2', cookie: 'secret', token: 'secret' };

      await (await test.audit()).record(careless);

      expect(await text()).to.not.match(/hunter2|secret/);
    });

    it('V16.4.1 writes one line for an event whatever is in it', async () => {
      const evil =
        'x\n{"at":"2026-01-01T00:00:00Z","event":"login","outcome":"success","user":"bob"}\u001B[2K';
      const audit = await test.audit();

      await audit.record(anEvent({ user: evil, device: evil, address: evil, requestId: evil, detail: evil }));

      expect(await text()).to.match(/^[\x20-\x7e]+$/);
      expect((await audit.activityOf('bob')).events).to.deep.equal([]);
      expect((await audit.activityOf(evil)).events).to.have.length(1);
    });

    it('never rejects: a store that fails keeps nobody from logging out, and the log says what is lost', async () => {
      const audit = await test.audit();
      await test.breakPlace();

      await audit.record(anEvent({ event: 'logout' }));
      await audit.record(anEvent({ event: 'logout' }));

      expect(audit.lost).to.equal(2);
      expect(test.warnings[0]).to.contain('LOST');
      await test.healPlace();
      await audit.record(anEvent());
      expect((await test.events()).map(({ event, count }) => [event, count])).to.deep.equal([
        ['gap', 2],
        ['login', undefined],
      ]);
    });

    it('writes everything that was recorded when it is closed, awaited or not', async () => {
      const audit = await test.audit();
      for (let event = 0; event < 50; event += 1) void audit.record(anEvent());
      void audit.record(anEvent({ event: 'denied', user: null }));

      await audit.close();

      expect(await test.events()).to.have.length(51);
      await audit.record(anEvent());
      expect(await test.events()).to.have.length(51);
      expect(audit.lost).to.equal(1);
    });

    it('keeps the days and megabytes that it is told to', async () => {
      const first = await test.audit();
      for (let day = 0; day < 4; day += 1) {
        await first.record(anEvent());
        test.clock.advance(86_400);
      }
      await first.close();
      const audit = await test.audit({ days: 2, maxMegabytes: 1 });
      await audit.tick();
      expect((await test.events()).map(({ at }) => at.slice(8, 10))).to.deep.equal(['03', '04']);
      test.clock.advance(86_400);
      await audit.tick();
      expect((await test.events()).map(({ at }) => at.slice(8, 10))).to.deep.equal(['04']);

      const long = 'x'.repeat(256);
      const wide = anEvent({ address: long, device: long, session: long, requestId: long, detail: long });
      await Promise.all(Array.from({ length: 2000 }, () => audit.record(wide)));
      await audit.tick();

      expect(await test.size()).to.be.within(700_000, 1_000_000);
      expect(audit.lost).to.equal(0);
    });
  });
}
