import { expect } from 'chai';
import type { Commands } from '../../../../models/engine/redis/commands.js';
import { Keys } from '../../../../models/engine/redis/keys.js';
import { PlainIndexes } from '../../../../models/engine/redis/plain_indexes.js';
import type { RecordReader } from '../../../../models/engine/redis/record_reader.js';

const INDEX = { attribute: 'user_id', unique: false };

describe('a plain index in Redis', () => {
  it('finds a record that left its place between the two questions', async () => {
    const answers = [['old'], ['old', 'new']];
    const dropped: string[] = [];
    const commands = {
      members: async () => answers.shift() ?? ['old', 'new'],
      dropMembers: async (_key: string, _seconds: number, places: readonly string[]) =>
        dropped.push(...places),
    };
    const reader = {
      at: async (_commands: Commands, place: string) =>
        place === 'new' ? { place, text: '', entry: { at: 1, record: { id: 'one', user_id: 'ann' } } } : null,
    };
    const indexes = new PlainIndexes(new Keys('g:', 'Session'), [INDEX], reader as unknown as RecordReader);

    const found = await indexes.find(commands as unknown as Commands, INDEX, 'ann');

    expect(found.map(({ record }) => record.id)).to.deep.equal(['one']);
    expect(dropped).to.deep.equal(['old']);
  });
});
