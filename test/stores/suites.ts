/**
 * The suites that hold wherever records are kept: the course's contract and the gate, the account, tokens, guessing,
 * and the pages by which people do the same. They are files and folders of test/.
 */
export const SUITES = [
  'api/v1',
  'api/account',
  'api/middleware/authenticate.test.ts',
  'api/known_device.test.ts',
  'api/throttled.test.ts',
  'api/audited.test.ts',
  'api/rights/routes.test.ts',
  'api/pages/journey.test.ts',
  'api/pages/own_sessions.test.ts',
  'api/pages/overtaken.test.ts',
  'api/pages/profile_refusals.test.ts',
  'api/pages/reset.test.ts',
];
