// Loaded by mocha before every test; see .mocharc.json.
import { useClock } from '../../models/base.js';

// Mocha 12 lets a rejection that nobody handles pass in silence; it would end a server.
process.on('unhandledRejection', (reason) => {
  throw reason;
});

export const mochaHooks = {
  afterEach(): void {
    useClock(Date.now);
  },
};
