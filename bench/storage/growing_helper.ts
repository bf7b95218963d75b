/** A store of ours that grows, and what stops its event loop meanwhile. */
import { SessionUse } from '../../api/v1/auth/session_use.js';
import { FileEngine } from '../../models/engine/file_engine.js';
import { UserSession } from '../../models/user_session.js';
import { answer } from '../lib/helper.js';
import { sessionRecord } from '../lib/seed.js';
import { StallWatch } from '../lib/stalls.js';

/** Logins at a time. */
const TOGETHER = 64;

const [, , folder = ''] = process.argv;
const engine = await FileEngine.open({ folder, model: 'UserSession', indexes: UserSession.indexes });

async function watched(work: () => Promise<void>): Promise<object> {
  const watch = new StallWatch();
  await watch.start(true);
  await work();
  return watch.stop();
}

async function addSessions(more: number): Promise<void> {
  for (let added = 0; added < more; added += TOGETHER)
    await Promise.all(Array.from({ length: TOGETHER }, () => engine.put(sessionRecord())));
}

/** Every session is used once, as by its next request. */
async function useAll(): Promise<void> {
  const use = new SessionUse(0);
  for await (const slice of engine.slices(TOGETHER))
    for (const record of slice) void use.note(new UserSession({ ...record }), Date.now());
}

answer(({ more }: { more: number }) => watched(more > 0 ? () => addSessions(more) : useAll));
