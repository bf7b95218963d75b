import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { LIMITS } from '../../../../api/services/throttle/limits.js';

const PAGE = fileURLToPath(new URL('docs/throttle.md', import.meta.resolve('#package')));

/** The figures of the table under a heading, row by row. */
function documented(heading: string): number[][] {
  const [section = ''] = readFileSync(PAGE, 'utf8').split(`## ${heading}\n`)[1]?.split('\n## ') ?? [];
  const rows = section.matchAll(/^\|[^|]*\|([^|]*)\|$/gm);
  const figures = [...rows].map(([, cell = '']) => [...cell.matchAll(/\d+(?:\.\d+)?/g)].map(Number));
  return figures.filter((numbers) => numbers.length > 0);
}

describe('docs/throttle.md', () => {
  it('V6.1.1 states the limits that hold; the tests of the throttle measure them', () => {
    const { delay, address, row, networks, entries, waiting } = LIMITS;

    expect(documented('Limits')).to.deep.equal([
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

  it('V6.1.1 states what is added where several servers count', () => {
    expect(documented('Several servers')).to.deep.equal(
      Object.values(LIMITS.shared).map((figure) => [figure]),
    );
  });

  it('V6.1.1 keeps at most a hundred thousand entries', () => {
    expect(LIMITS.entries.counting + LIMITS.entries.networks).to.be.at.most(100_000);
  });
});
