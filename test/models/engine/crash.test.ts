import { expect } from 'chai';
import { FileEngine } from '../../../models/engine/file_engine.js';
import { Child } from '../../support/child.js';
import { useTempFolder } from '../../support/temp_folder.js';
import { CONTRACT_INDEXES } from './contract.js';

/** `npm run test:crash` asks for more. */
const KILLS = Number(process.env['KILLS'] ?? 25);

/** What a record may be after a crash: what was acknowledged last, or the change that was under way. */
interface Known {
  acknowledged: string;
  tried: string | null;
}

describe('file_engine under SIGKILL', function () {
  this.timeout(KILLS * 2000);
  const folder = useTempFolder();

  it(`loses nothing acknowledged and brings nothing deleted back over ${KILLS} kills at random moments`, async () => {
    const known = new Map<string, Known>();
    let acknowledged = 0;
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const child = Child.helper('crash_writer.js', folder(), `${kill}`);
      await child.says(/^!/m);
      await new Promise((done) => setTimeout(done, Math.random() * 150));
      await child.kill();

      acknowledged += note(child.lines, known);
      await check(known, `after kill ${kill}`);
    }
    // Many times more than one a kill, or the test has not tested anything.
    expect(acknowledged).to.be.above(KILLS * 50);
  });

  /** Reads what the writers said; returns how many changes were acknowledged. */
  function note(lines: string[], known: Map<string, Known>): number {
    let acknowledged = 0;
    for (const line of lines) {
      const [mark, id = '', value = ''] = line.split(' ');
      const record = known.get(id) ?? { acknowledged: '-', tried: null };
      if (mark === '!') acknowledged += 1;
      known.set(id, mark === '!' ? { acknowledged: value, tried: null } : { ...record, tried: value });
    }
    return acknowledged;
  }

  /** Opens the store as the next process would, and takes what it finds as the truth for the next round. */
  async function check(known: Map<string, Known>, when: string): Promise<void> {
    const engine = await FileEngine.open({ folder: folder(), model: 'Thing', indexes: CONTRACT_INDEXES });
    try {
      for (const [id, { acknowledged, tried }] of known) {
        const found = String((await engine.get(id))?.['value'] ?? '-');
        expect([acknowledged, tried], `record ${id} ${when}`).to.include(found);
        const byEmail = await engine.find('email', `${id}@example.com`);
        expect(byEmail, `record ${id} by email ${when}`).to.have.length(found === '-' ? 0 : 1);
        known.set(id, { acknowledged: found, tried: null });
      }
      for (const { id } of await engine.all()) expect(known.has(id), `record ${id} ${when}`).to.equal(true);
    } finally {
      await engine.close();
    }
  }
});
