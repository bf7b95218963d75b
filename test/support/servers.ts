import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AuthType } from '../../api/config.js';
import { Keys } from '../../api/services/keys.js';
import { buildApp, type TestApp } from './app.js';
import { TestClock } from './clock.js';
import { processesOn, type Process, type Store } from './processes.js';
import { cleanUpLater } from './temp_storage.js';

/** An application in a process of its own; what a test does to the models is done in one as well. */
export interface TestServer extends TestApp {
  readonly process: Process;
  readonly run: <T>(work: () => T) => T;
}

/** Two applications with the same settings, keys and clock on one empty store, until the test is over. */
export async function serversOn(
  store: Store,
  options: { readonly authType: AuthType; readonly env?: Readonly<Record<string, string>> },
): Promise<readonly [TestServer, TestServer]> {
  const shared = { clock: new TestClock(), keys: Keys.random() };
  const start = async (process: Process): Promise<TestServer> => {
    const server = createServer().listen(0, '127.0.0.1').unref();
    await once(server, 'listening');
    cleanUpLater(async () => void server.close());
    const app = buildApp({ ...options, on: { ...shared, process, server } });
    return { ...app, process, run: (work) => process.run(work) };
  };
  const [one, other] = await processesOn(store, 2);
  return [await start(one as Process), await start(other as Process)];
}
