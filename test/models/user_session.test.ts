import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { nanoid } from 'nanoid';
import { bindModel } from '../../models/base.js';
import { FileEngine } from '../../models/engine/file_engine.js';
import { StorageUnavailableError } from '../../models/engine/storage_engine.js';
import { useMemory } from '../../models/storage.js';
import { User } from '../../models/user.js';
import { digestOf, UserSession } from '../../models/user_session.js';
import { FaultyDisk } from '../support/faulty_fs.js';
import { useTempFolder } from '../support/temp_folder.js';

describe('UserSession', () => {
  beforeEach(useMemory);

  it('V7.2.3, V11.5.1 has ids of 192 random bits from an unmistakable alphabet, never the same twice', async () => {
    const ids = await Promise.all(Array.from({ length: 1000 }, () => UserSession.start('u')));

    for (const id of ids) expect(id).to.match(/^[\w-]{32}$/);
    expect(new Set(ids).size).to.equal(1000);
  });

  it('V7.2.3, V11.5.1 has ids of the system’s generator, of whose letters each is as likely at every place', () => {
    const ids = Array.from({ length: 100_000 }, () => nanoid(32));

    const source = readFileSync(fileURLToPath(import.meta.resolve('nanoid')), 'utf8');
    expect(source)
      .to.include("from 'node:crypto'")
      .and.not.match(/Math\.random/);
    expect(new Set(ids).size).to.equal(100_000);
    for (const place of [0, 15, 31]) {
      const counts = new Map<string, number>();
      for (const id of ids) counts.set(id[place] ?? '', (counts.get(id[place] ?? '') ?? 0) + 1);
      // 1,562 of each are expected; 300 more or less is more than seven standard deviations.
      expect([...counts.values()].filter((count) => Math.abs(count - 1562) > 300)).to.deep.equal([]);
      expect(counts.size).to.equal(64);
    }
  });

  it('keeps nothing but a digest of the id', async () => {
    const id = await UserSession.start('user-1');
    const session = await UserSession.findBySessionId(id);
    const stored = JSON.stringify(session?.toRecord());

    expect(session?.session_id).to.equal(digestOf(id)).and.have.length(43);
    expect(stored).to.not.contain(id);
    expect(JSON.stringify(session)).to.not.contain(digestOf(id));
    expect(await UserSession.findBySessionId(digestOf(id)), 'the digest is no key').to.equal(null);
  });

  it('counts a stored session without a creation time as made long ago', async () => {
    const id = await UserSession.start('user-1');
    const session = await UserSession.findBySessionId(id);

    const { created_at: _, ...rest } = session!.toRecord();
    expect(new UserSession({ created_at: new Date(0), ...rest }).created_at.getTime()).to.equal(0);
  });

  it('ends all sessions of one user and nobody else’s', async () => {
    await Promise.all(['a', 'a', 'b'].map((user) => UserSession.start(user)));

    await UserSession.removeAllOf('a');

    expect((await UserSession.all()).map(({ user_id }) => user_id)).to.deep.equal(['b']);
  });

  it('ends a session too that is still being stored when its user is removed', async () => {
    const user = new User({ email: 'bob@hbtn.io' });
    await user.save();
    const start = UserSession.start(user.id);

    await user.remove();
    await start;

    expect(await UserSession.count()).to.equal(0);
  });

  it('SM no resurrection: never brings an ended session back by noting its use', async () => {
    const id = await UserSession.start('a');
    const session = await UserSession.findBySessionId(id);
    await session?.remove();

    expect(await UserSession.noteUse(session!.id, Date.now())).to.equal(false);
    expect(await UserSession.count()).to.equal(0);
  });
});

describe('User.remove on a full disk', () => {
  const folder = useTempFolder();

  it('ends the sessions first, so that no session is left without its user', async () => {
    const disk = new FaultyDisk();
    useMemory();
    const options = { folder: folder(), fs: disk.fs };
    const users = await FileEngine.open({ ...options, model: 'User', indexes: User.indexes });
    const sessions = await FileEngine.open({
      ...options,
      model: 'UserSession',
      indexes: UserSession.indexes,
    });
    bindModel(User, users);
    bindModel(UserSession, sessions);
    const user = new User({ email: 'bob@hbtn.io' });
    await user.save();
    await UserSession.start(user.id);
    // The first write, which removes the session, succeeds; the second, which removes the user, finds no room.
    const deletion = users.delete.bind(users);
    users.delete = async (id) => {
      disk.fail('write', 'ENOSPC');
      return deletion(id);
    };

    const error = await user.remove().catch((thrown: unknown) => thrown);

    expect(error).to.be.instanceOf(StorageUnavailableError);
    expect([await User.count(), await UserSession.count()]).to.deep.equal([1, 0]);
    await users.close();
    await sessions.close();
  });
});
