import { expect } from 'chai';
import fc from 'fast-check';
import type { Activity, Audit } from '../../../../api/services/audit/audit.js';
import { AuditTest, anEvent, PLACES } from '../../../support/audit.js';

for (const place of PLACES) {
  describe(`one’s own activity in ${place}`, () => {
    const test = new AuditTest(place);

    /** Records events of a user whose session tells them apart. */
    async function record(audit: Audit, user: string, from: number, to: number): Promise<void> {
      for (let number = from; number < to; number += 1) {
        await audit.record(anEvent({ user, session: `${user}${number}` }));
        test.clock.advance(1);
      }
    }

    function sessions(events: readonly Activity[]): (string | null)[] {
      return events.map(({ session }) => session);
    }

    it('is empty for somebody of whom nothing is known', async () => {
      expect(await (await test.audit()).activityOf('ann')).to.deep.equal({ events: [], next: null });
    });

    it('shows what the issue names and no more, newest first', async () => {
      const audit = await test.audit();
      await audit.record(anEvent({ detail: 'not shown' }));
      test.clock.advance(1);
      await audit.record(anEvent({ event: 'logout' }));

      const { events, next } = await audit.activityOf('ann');

      expect(next).to.equal(null);
      expect(events.map(({ event }) => event)).to.deep.equal(['logout', 'login']);
      expect(events[1]).to.deep.equal({
        at: '2026-03-01T12:00:00.000Z',
        event: 'login',
        outcome: 'success',
        address: '192.0.2.7',
        device: 'Firefox on Linux',
        session: 's1',
      });
    });

    it('has fifty events a page, or as many as are asked for', async () => {
      const audit = await test.audit();
      await record(audit, 'ann', 0, 120);

      const first = await audit.activityOf('ann');
      const second = await audit.activityOf('ann', { before: first.next });
      const third = await audit.activityOf('ann', { before: second.next });

      expect([first, second, third].map(({ events }) => events.length)).to.deep.equal([50, 50, 20]);
      expect([first.next, second.next].map(String).every((text) => /^[\w-]+$/.test(text))).to.equal(true);
      expect(third.next).to.equal(null);
      for (const [limit, length] of [
        [0, 1],
        [3.7, 3],
        [1e9, 120],
      ] as const)
        expect((await audit.activityOf('ann', { limit })).events).to.have.length(length);
    });

    it('has no next page after one that is exactly full', async () => {
      const audit = await test.audit();
      await record(audit, 'ann', 0, 50);

      expect((await audit.activityOf('ann')).next).to.equal(null);
    });

    it('is complete and without duplicates while events are appended, over days and restarts', async () => {
      let audit = await test.audit();
      await record(audit, 'ann', 0, 20);
      test.clock.advance(86_400);
      await record(audit, 'ann', 20, 40);
      const seen: (string | null)[] = [];
      let next: string | null = null;
      do {
        const page = await audit.activityOf('ann', { before: next, limit: 7 });
        seen.push(...sessions(page.events));
        next = page.next;
        await record(audit, 'ann', 100, 103);
        await record(audit, 'bob', 0, 3);
        if (seen.length === 14) {
          await audit.close();
          audit = await test.audit();
          test.clock.advance(86_400);
        }
      } while (next !== null);

      expect(seen).to.deep.equal(Array.from({ length: 40 }, (_, number) => `ann${39 - number}`));
    });

    it('is nobody else’s, whatever cursor is sent', async () => {
      const audit = await test.audit();
      await record(audit, 'ann', 0, 5);
      await record(audit, 'bob', 0, 5);
      const foreign = (await audit.activityOf('bob', { limit: 2 })).next;
      const days = fc.constantFrom('2026-03-01', '2026-02-01', '9999-99-99');
      const made = fc.oneof(fc.tuple(days, fc.nat(3), fc.nat(9)), fc.tuple(fc.maxSafeNat(), fc.maxSafeNat()));
      const cursors = fc.oneof(
        fc.string(),
        fc.constant(foreign),
        made.map((parts) => Buffer.from(parts.join('.')).toString('base64url')),
      );

      await fc.assert(
        fc.asyncProperty(cursors, async (before) => {
          const { events } = await audit.activityOf('ann', { before });
          expect(sessions(events).every((session) => session?.startsWith('ann'))).to.equal(true);
        }),
        { numRuns: 60 },
      );
    });

    it('is empty for a text that is no cursor', async () => {
      const audit = await test.audit();
      await record(audit, 'ann', 0, 2);

      for (const before of ['', 'x', '../../etc/passwd', '2026-03-01.0.1'])
        expect(await audit.activityOf('ann', { before })).to.deep.equal({ events: [], next: null });
    });

    it('does not tell in its cursors how busy others are', async () => {
      const audit = await test.audit();
      for (let round = 0; round < 2; round += 1) {
        await audit.record(anEvent());
        for (let event = 0; event < 50; event += 1) await audit.record(anEvent({ user: 'bob' }));
        test.clock.advance(1);
      }
      await audit.record(anEvent());

      const first = (await audit.activityOf('ann', { limit: 1 })).next;
      const second = (await audit.activityOf('ann', { limit: 1, before: first })).next;

      // What they can be read as: the day or time of an own event, and a count of own events or a number made by chance.
      const numbers = [first, second].map((next) =>
        Buffer.from(next ?? '', 'base64url')
          .toString()
          .split('.'),
      );
      if (place === 'files')
        expect(numbers).to.deep.equal([
          ['2026-03-01', '0', '2'],
          ['2026-03-01', '0', '1'],
        ]);
      else {
        expect(numbers.map(([at]) => Number(at))).to.deep.equal([test.clock.now, test.clock.now - 1000]);
        expect(Math.abs(Number(numbers[0]?.[1]) - Number(numbers[1]?.[1]))).to.be.above(1000);
      }
    });

    it('hides where an admin was who did it, from the user', async () => {
      const audit = await test.audit();

      await audit.record(
        anEvent({ event: 'admin', actor: 'root', address: '203.0.113.9', session: 'roots' }),
      );

      const [event] = (await audit.activityOf('ann')).events;
      expect(event).to.include({ event: 'admin', address: null, device: null, session: null });
      expect((await audit.activityOf('root')).events).to.deep.equal([]);
    });

    it('shows at once what was recorded and answered', async () => {
      const audit = await test.audit();
      for (let number = 0; number < 20; number += 1) {
        await record(audit, 'ann', number, number + 1);
        expect(sessions((await audit.activityOf('ann', { limit: 1 })).events)).to.deep.equal([
          `ann${number}`,
        ]);
      }
    });
  });
}
