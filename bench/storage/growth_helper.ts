/** A store of ours that holds so many sessions, and writes when it is told to. */
import { FileEngine } from '../../models/engine/file_engine.js';
import { UserSession } from '../../models/user_session.js';
import { answer } from '../lib/helper.js';
import { sessionRecord, type SessionRecord } from '../lib/seed.js';
import { rate } from './writes.js';

const WRITERS = 64;

const [, , folder = ''] = process.argv;
const { indexes } = UserSession;
const engine = await FileEngine.open({ folder, model: 'UserSession', indexes, compactAt: Infinity });

/** What is written goes again, so that the store stays as large as it is. */
async function write(record: SessionRecord): Promise<void> {
  await engine.put(record);
  await engine.delete(record.id);
}

answer(async ({ ms, records }: { ms: number; records: number }) => {
  const lead = Array.from({ length: records / 2 }, () => sessionRecord());
  const made = Array.from({ length: records }, () => sessionRecord());
  // Young as they are, the turn's own records would be moved about within the turn.
  (globalThis as { gc?: () => void }).gc?.();
  // Such a collection is not done when it returns: for a while threads of V8 sweep what it has found, longer in a large store.
  await rate({ write }, { writers: WRITERS, ms: ms / 2, records: lead });
  return { perSecond: await rate({ write }, { writers: WRITERS, ms, records: made }) };
});
