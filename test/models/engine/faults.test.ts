import { join } from 'node:path';
import fc from 'fast-check';
import fs from 'fs-extra';
import { IDS, Play, type Step } from '../../support/engine_play.js';
import type { Operation } from '../../support/faulty_fs.js';
import { useTempFolder } from '../../support/temp_folder.js';

/** How many scripts are played; `RUNS=4000` searches longer. */
const RUNS = Number(process.env['RUNS'] ?? 60);

const id = fc.constantFrom(...IDS);
const email = fc.constantFrom('x@example.com', 'X@EXAMPLE.COM', 'y@example.com', null);
const operation = fc.constantFrom<Operation>('open', 'write', 'datasync', 'sync', 'truncate', 'rename');
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('put', 'update'), id, email }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete'), id }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('turns'), count: fc.nat(12) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('fault'),
      operation,
      code: fc.constantFrom('ENOSPC', 'EIO'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('crash', 'settle', 'reopen') }) },
);

describe('file_engine, whatever is asked of it and whatever fails', function () {
  this.timeout(RUNS * 2000);
  const folder = useTempFolder();

  it('keeps what it acknowledged and shows nothing that failed, over generated scripts', async () => {
    const script = fc.array(step, { maxLength: 80, size: 'max' });
    const turns = fc.array(fc.nat(9), { minLength: 1, maxLength: 40 });
    let played = 0;
    const property = fc.asyncProperty(script, turns, async (steps, waits) => {
      const where = join(folder(), `${(played += 1)}`);
      await fs.ensureDir(where);
      let operations = 0;
      const play = new Play(where, () => waits[(operations += 1) % waits.length]!);
      await play.open();
      try {
        for (const each of [...steps, { do: 'settle' } as const]) await play.take(each);
      } finally {
        await play.close();
      }
    });
    await fc.assert(property, { numRuns: RUNS });
  });
});
