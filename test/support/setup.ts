// Loaded by mocha before every test; see .mocharc.json.
import { useClock } from '../../models/base.js';
import { stopProxies } from './answer_proxy.js';
import { closeChromium, closeTabs } from './chromium.js';
import { stopListening } from './listening.js';
import { killNginx } from './nginx_process.js';
import { cleanUpPostgres, stopPostgres } from './postgres_process.js';
import { cleanUpRedis, stopRedis } from './redis_process.js';
import { expectNoSecretSeen, watchSecrets } from './secrets.js';
import { killServers } from './server_process.js';
import { skipApart } from '../stores/apart.js';
import { closeStores } from './stores.js';
import { cleanUpStorage } from './temp_storage.js';

// Mocha 12 lets a rejection that nobody handles pass in silence; it would end a server.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

watchSecrets();

/** After every test of every file: hooks in a helper's own file would hold for the first file of a process only. */
export const mochaHooks = {
  beforeEach: [skipApart],
  afterEach: [
    closeTabs,
    killNginx,
    killServers,
    stopProxies,
    stopListening,
    cleanUpStorage,
    cleanUpPostgres,
    cleanUpRedis,
    (): void => useClock(Date.now),
    expectNoSecretSeen,
  ],
  afterAll: [closeChromium, closeStores, stopPostgres, stopRedis],
};
