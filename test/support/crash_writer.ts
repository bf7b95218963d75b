/**
 * Many writers on one file engine, until it is killed. Before each change it says `? id value`, and once the change
 * is acknowledged `! id value`; a removal has the value `-`.
 */
import { writeSync } from 'node:fs';
import { FileEngine } from '../../models/engine/file_engine.js';

const WRITERS = 24;
const RECORDS_EACH = 4;
const [folder = '', generation = '0'] = process.argv.slice(2);
const indexes = [
  { attribute: 'email', unique: true },
  { attribute: 'group', unique: false },
];
const engine = await FileEngine.open({ folder, model: 'Thing', indexes, compactAt: 200 });
let value = Number(generation) * 1_000_000;

async function change(id: string): Promise<void> {
  value += 1;
  const mine = Math.random() < 0.25 ? '-' : `${value}`;
  writeSync(1, `? ${id} ${mine}\n`);
  if (mine === '-') await engine.delete(id);
  else await engine.put({ id, value: mine, email: `${id}@example.com`, group: `${value % 3}` });
  writeSync(1, `! ${id} ${mine}\n`);
}

async function write(writer: number): Promise<void> {
  for (;;) await change(`${writer}-${Math.floor(Math.random() * RECORDS_EACH)}`);
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)));
