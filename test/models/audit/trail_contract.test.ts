import { expect } from 'chai';
import { LONGEST_LINE } from '../../../models/audit/audit_line.js';
import { StorageUnavailableError } from '../../../models/engine/storage_engine.js';
import { AuditTest, detailsOf, PLACES } from '../../support/audit.js';

const DAY = 86_400;

for (const place of PLACES) {
  describe(`a trail in ${place}`, () => {
    const test = new AuditTest(place);

    it('answers once a line is durable, and keeps the order in which lines came', async () => {
      const log = await test.log();
      const answers = Array.from({ length: 500 }, (_, number) => log.append(test.line('ann', `${number}`)));

      await answers[0];
      expect((await test.events())[0]?.detail).to.equal('0');
      expect(await Promise.all(answers)).to.deep.equal(Array(500).fill(true));
      expect((await test.events()).map(({ detail }) => detail)).to.deep.equal(
        Array.from({ length: 500 }, (_, number) => `${number}`),
      );
    });

    it('has lines of several days that wait together', async () => {
      const log = await test.log();
      const answers = [];
      for (let day = 1; day <= 3; day += 1) {
        for (const part of ['a', 'b']) answers.push(log.append(test.line('ann', `${day}${part}`)));
        test.clock.advance(DAY);
      }

      expect(await Promise.all(answers)).to.deep.equal(Array(6).fill(true));
      expect(await detailsOf(log, 'ann')).to.deep.equal(['3b', '3a', '2b', '2a', '1b', '1a']);
    });

    it('has the same events after a restart, and goes on', async () => {
      const first = await test.log();
      for (const detail of ['a', 'b']) await first.append(test.line('ann', detail));
      await first.append(test.line('bob', 'x'));
      await first.append(test.line(null, 'nobody'));
      await first.close();

      const second = await test.log();
      test.clock.advance(1);
      await second.append(test.line('ann', 'c'));

      expect(await detailsOf(second, 'ann', 1)).to.deep.equal(['c', 'b', 'a']);
      expect(await detailsOf(second, 'bob')).to.deep.equal(['x']);
      expect(await detailsOf(second, 'nobody')).to.deep.equal([]);
      expect(await test.events()).to.have.length(5);
      expect(test.warnings).to.deep.equal([]);
    });

    it('finds events over many days, before and after a restart', async () => {
      const log = await test.log();
      const details: string[] = [];
      for (let day = 0; day < 10; day += 1) {
        for (const user of ['ann', 'bob', 'ann']) await log.append(test.line(user, `${day}`));
        details.unshift(`${day}`, `${day}`);
        test.clock.advance(DAY);
      }

      expect(await detailsOf(log, 'ann')).to.deep.equal(details);
      await log.close();
      expect(await detailsOf(await test.log(), 'ann')).to.deep.equal(details);
    });

    it('goes on with a page where it was, after a restart too, whatever came meanwhile', async () => {
      const log = await test.log();
      for (const detail of ['a', 'b', 'c', 'd']) await log.append(test.line('ann', detail));
      const { next } = await log.page('ann', null, 2);
      await log.append(test.line('ann', 'e'));
      await log.close();

      const page = await (await test.log()).page('ann', next, 2);

      expect(page.events.map(({ detail }) => detail)).to.deep.equal(['b', 'a']);
      expect(page.next).to.equal(null);
    });

    it('knows the form of its cursors', async () => {
      const log = await test.log();
      for (const detail of ['a', 'b']) await log.append(test.line('ann', detail));
      const { next } = await log.page('ann', null, 1);

      expect(log.isCursor(next ?? '')).to.equal(true);
      for (const other of ['', 'x', '1.2', Buffer.from('1.-2').toString('base64url')])
        expect(log.isCursor(other)).to.equal(false);
    });

    it('reads back the longest lines, and every character', async () => {
      const log = await test.log();
      const line = test.line('ann', `\\"{},'\u{10348}`.repeat(30));
      const wide = {
        ...line,
        text: line.text.replace('"detail"', `"x":"${'x'.repeat(LONGEST_LINE - 2500)}","detail"`),
      };
      await log.append(wide);
      await log.append(test.line('ann', 'short'));

      expect((await detailsOf(log, 'ann')).map((detail) => detail?.slice(0, 8))).to.deep.equal([
        'short',
        `\\"{},'\u{10348}`,
      ]);
    });

    it('finds users of any name, and nobody else’s events', async () => {
      const log = await test.log();
      const users = ['NULL', 'null', '', '{}', '"', '\\', "'; drop table x", 'a,b', 'ü'.repeat(256), '日本'];
      for (const user of users) await log.append(test.line(user, user));

      for (const user of users) expect(await detailsOf(log, user)).to.deep.equal([user]);
      expect(await detailsOf(log, 'a')).to.deep.equal([]);
    });

    it('writes everything that waits before it is closed', async () => {
      const log = await test.log();
      for (let event = 0; event < 5000; event += 1) void log.append(test.line('ann'));

      await log.close();

      expect(await test.events()).to.have.length(5000);
    });

    it('loses what comes after it was closed, and says so', async () => {
      const log = await test.log();
      await log.close();

      expect(await log.append(test.line('ann'))).to.equal(false);
      expect(log.lost).to.equal(1);
      expect(test.warnings[0]).to.match(/LOST.*closed/);
    });

    it('loses what it cannot write loudly, and tells of the gap before what it writes next', async () => {
      const log = await test.log();
      await log.append(test.line('ann', 'before'));
      await test.breakPlace();
      const answers = await Promise.all(Array.from({ length: 5 }, () => log.append(test.line('ann'))));
      const { lost } = log;
      await test.healPlace();
      const after = await log.append(test.line('ann', 'after'));
      await log.append(test.line(null, 'and so on'));

      expect(answers).to.deep.equal(Array(5).fill(false));
      expect([lost, after]).to.deep.equal([5, true]);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['after', 'before']);
      expect((await test.events()).map(({ event }) => event)).to.deep.equal([
        'login',
        'gap',
        'login',
        'login',
      ]);
      expect((await test.events())[1]).to.include({ outcome: 'failure', user: null, count: 5 });
      expect(test.warnings).to.have.length(2);
      expect(test.warnings[0]).to.contain('LOST');
      expect(test.warnings[1]).to.contain('written again; 5 were lost');
    });

    it('counts everything that is lost but warns at most every ten seconds', async () => {
      const log = await test.log();
      await test.breakPlace();
      for (let event = 0; event < 30; event += 1) {
        await log.append(test.line('ann'));
        test.clock.advance(1);
      }
      expect(log.lost).to.equal(30);
      expect(test.warnings).to.have.length(3);

      await test.healPlace();
      await log.append(test.line('ann', 'after'));

      expect(test.warnings.at(-1)).to.contain('30 were lost');
      expect((await test.events())[0]?.count).to.equal(30);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['after']);
    });

    it('does not let memory grow when its store hangs', async () => {
      const log = await test.log();
      const answers = Array.from({ length: 10_050 }, () => log.append(test.line('ann')));

      const lost = (await Promise.all(answers)).map((written, number) => (written ? -1 : number));

      expect(lost.slice(10_000).filter((number) => number >= 0)).to.have.length(50);
      expect(log.lost).to.be.at.least(50);
      expect(test.warnings[0]).to.contain('too many events wait');
    });

    it('answers "unavailable" when activity cannot be read, and reads it when that is over', async () => {
      const log = await test.log();
      await log.append(test.line('ann', 'a'));
      await test.breakPlace();
      const error: unknown = await log.page('ann', null, 5).catch((thrown: unknown) => thrown);
      await test.healPlace();

      expect(error).to.be.instanceOf(StorageUnavailableError);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['a']);
    });
  });

  describe(`what is kept of a trail in ${place}`, () => {
    const test = new AuditTest(place);

    it('V14.2.7 is today and AUDIT_DAYS days before it: the rest goes at the start', async () => {
      await test.fiveDays();

      const log = await test.log({ days: 2 });

      expect((await test.events()).map(({ detail }) => detail)).to.deep.equal(['4', '5']);
      expect(await detailsOf(log, 'ann')).to.deep.equal(['5', '4']);
    });

    it('gets less on a server where nothing happens, down to nothing', async () => {
      await test.fiveDays();
      const log = await test.log({ days: 2 });

      test.clock.advance(DAY);
      await log.dropOverdue();
      expect((await test.events()).map(({ detail }) => detail)).to.deep.equal(['5']);
      test.clock.advance(DAY);
      await log.dropOverdue();
      expect(await test.events()).to.deep.equal([]);

      await log.append(test.line('ann', 'again'));
      expect(await detailsOf(log, 'ann')).to.deep.equal(['again']);
    });

    it('ends the pages of somebody who reads while the oldest day goes', async () => {
      await test.fiveDays();
      const log = await test.log();
      const { next } = await log.page('ann', null, 2);
      await log.close();

      const later = await test.log({ days: 1 });

      expect(await later.page('ann', next, 2)).to.deep.equal({ events: [], next: null });
    });

    it('never has more than AUDIT_MAX_MB: the oldest goes, a part at a time', async () => {
      const log = await test.log({ maxBytes: 8000 });
      let largest = 0;
      for (let event = 0; event < 200; event += 1) {
        await log.append(test.line(event % 2 ? 'ann' : 'bob', `${event}`));
        await log.dropOverdue();
        if (event % 10 === 9) largest = Math.max(largest, await test.size());
      }

      expect(largest).to.be.within(6000, 8000);
      expect(await test.size()).to.be.above(5000);
      const kept = (await test.events()).map(({ detail }) => Number(detail)).toSorted((a, b) => a - b);
      expect(kept).to.deep.equal(Array.from(kept, (_, number) => 200 - kept.length + number));
      expect(await detailsOf(log, 'ann')).to.deep.equal(
        kept
          .filter((number) => number % 2)
          .toReversed()
          .map(String),
      );
      expect(test.warnings).to.deep.equal([]);
    });

    it('shrinks at the start when the limit has become smaller', async () => {
      const log = await test.log({ maxBytes: 40_000 });
      for (let event = 0; event < 150; event += 1) await log.append(test.line('ann', `${event}`));
      await log.close();
      expect(await test.size()).to.be.above(20_000);

      await test.log({ maxBytes: 20_000 });

      expect(await test.size()).to.be.within(1, 20_000);
    });
  });
}
