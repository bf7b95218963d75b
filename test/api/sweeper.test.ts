import pino from 'pino';
import { expect } from 'chai';
import { startSweeper } from '../../api/sweeper.js';
import { bindModel } from '../../models/base.js';
import { MemoryEngine } from '../../models/engine/memory_engine.js';
import { StorageUnavailableError, type StoredRecord } from '../../models/engine/storage_engine.js';
import { UserSession } from '../../models/user_session.js';
import { buildApp } from '../support/app.js';
import { turns, until } from '../support/until.js';

/** Starts a sweep every millisecond. */
function sweep() {
  const { auth } = buildApp({ authType: 'session_db_auth' });
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  if (!auth?.sessions) throw new Error('no sessions');
  return { lines, stop: startSweeper({ sessions: auth.sessions }, log, 1) };
}

/** Cannot be walked through until it is mended. */
class BrokenEngine extends MemoryEngine {
  isBroken = true;
  walks = 0;

  override slices(size: number) {
    this.walks += 1;
    if (this.isBroken) throw new StorageUnavailableError('broken');
    return super.slices(size);
  }
}

/** Gets to the end of a walk only when told to. */
class SlowEngine extends MemoryEngine {
  goOn!: () => void;
  walks = 0;
  readonly #mayGoOn = new Promise<void>((resolve) => (this.goOn = resolve));

  override async *slices(): AsyncGenerator<readonly StoredRecord[]> {
    this.walks += 1;
    await this.#mayGoOn;
    yield [];
  }
}

describe('the sweeper', () => {
  it('V14.2.7 removes sessions that nobody can use, and says how many', async () => {
    const { lines, stop } = sweep();
    await UserSession.start('nobody');
    await UserSession.start('nobody');

    await until(() => lines.length > 0);
    await stop();

    expect(await UserSession.count()).to.equal(0);
    const removed = lines.map((line) => (JSON.parse(line) as { removed: number }).removed);
    expect(removed.reduce((sum, count) => sum + count)).to.equal(2);
  });

  it('sweeps every part, although one fails', async () => {
    buildApp({ authType: null });
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => lines.push(line) });
    const broken = { sweep: () => Promise.reject(new Error('broken')) };
    const full = { sweep: async () => 3 };

    const stop = startSweeper({ sessions: broken, throttle: full }, log, 1);
    await until(() => lines.length > 1);
    await stop();

    expect(lines[0]).to.include('expired sessions could not be removed');
    expect(lines[1]).to.include('expired throttle removed').and.to.include('"removed":3');
  });

  it('goes on after a failure, which it logs as a warning', async () => {
    const { lines, stop } = sweep();
    const engine = new BrokenEngine(UserSession);
    bindModel(UserSession, engine);
    await until(() => lines.length > 0);

    engine.isBroken = false;
    await UserSession.start('nobody');
    await until(() => lines.some((line) => line.includes('"removed":1')));
    await stop();

    expect(lines[0]).to.include('"level":40').and.to.include('broken');
    expect(await UserSession.count()).to.equal(0);
  });

  it('does one sweep at a time, and waits for it when it is stopped', async () => {
    const { stop } = sweep();
    const engine = new SlowEngine(UserSession);
    bindModel(UserSession, engine);
    await until(() => engine.walks > 0);
    const end = performance.now() + 10;
    await until(() => performance.now() > end);

    let isStopped = false;
    const stopped = stop().then(() => (isStopped = true));
    await turns(20);
    const before = isStopped;
    engine.goOn();
    await stopped;

    expect(before).to.equal(false);
    expect(engine.walks).to.equal(1);
  });

  it('does nothing any more once it is stopped', async () => {
    const { stop } = sweep();
    const engine = new BrokenEngine(UserSession);
    bindModel(UserSession, engine);
    await until(() => engine.walks > 0);

    await stop();
    const { walks } = engine;
    const end = performance.now() + 10;
    await until(() => performance.now() > end);

    expect(engine.walks).to.equal(walks);
  });
});
