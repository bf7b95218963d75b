import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect } from 'chai';
import { Table } from '../../../models/engine/table.js';
import { WriteQueue } from '../../../models/engine/write_queue.js';

setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void;

const ROUNDS = 400;
const WRITERS = 64;

/** Records are written and removed again, a batch of each at a time, and only young objects are collected. */
function writeRounds(queue: WriteQueue, table: Table): void {
  const ids = Array.from({ length: WRITERS }, (_, i) => `record ${i}`);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const id of ids) queue.add(id, { id, email: `${round} ${id}` }, `${round} ${id}\n`, table);
    queue.apply(queue.take(), table);
    for (const id of ids) queue.add(id, null, `no ${round} ${id}\n`, table);
    queue.apply(queue.take(), table);
    if (round % 10 === 0) gc({ type: 'minor' });
  }
}

describe('WriteQueue', () => {
  it('leaves nothing of what is written to a full collection', () => {
    const [queue, table] = [new WriteQueue(), new Table([{ attribute: 'email', unique: true }])];
    writeRounds(queue, table);
    gc();
    const before = process.memoryUsage().heapUsed;

    writeRounds(queue, table);

    gc({ type: 'minor' });
    const kept = process.memoryUsage().heapUsed - before;
    expect(kept / (ROUNDS * WRITERS)).to.be.below(40);
  });
});
