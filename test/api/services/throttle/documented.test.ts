import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LIMITS } from '../../../../api/services/throttle/limits.js';

const PAGE = fileURLToPath(new URL('docs/throttle.md', import.meta.resolve('#package')));

/** The figures of the page's first table, row by row. */
function documented(): number[][] {
  const rows = readFileSync(PAGE, 'utf8')
    .split('## What is kept')[0]!
    .matchAll(/^\|[^|]*\|([^|]*)\|$/gm);
  const figures = [...rows].map(([, cell = '']) => [...cell.matchAll(/\d+/g)].map(Number));
  return figures.filter((numbers) => numbers.length > 0);
}

describe('docs/throttle.md', () => {
  it('V6.1.1 states the limits that hold; the tests of the throttle measure them', () => {
    const { delay, address, row, networks, entries, waiting } = LIMITS;

    expect(documented()).to.deep.equal([
      [delay.free],
      [delay.first],
      [delay.longest],
      [delay.forgivenEvery],
      [address.wrong, address.seconds],
      [row.wrong],
      [row.seconds],
      [networks.most],
      [networks.seconds],
      [entries.counting],
      [entries.networks],
      [waiting],
    ]);
  });

  it('V6.1.1 keeps at most a hundred thousand entries', () => {
    expect(LIMITS.entries.counting + LIMITS.entries.networks).to.be.at.most(100_000);
  });
});
