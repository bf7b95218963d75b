import { expect } from 'chai';
import type { AuthType } from '../../../../api/config.js';
import { createAuth } from '../../../../api/v1/auth/index.js';

const CONFIG = {
  sessionName: 'name',
  sessionDuration: 60,
  sessionIdle: 0,
  maxSessions: 50,
  jwt: { issuer: 'i', audience: 'a' },
};

describe('createAuth', () => {
  const table: readonly (readonly [AuthType, string])[] = [
    ['auth', 'Auth'],
    ['basic_auth', 'BasicAuth'],
    ['session_auth', 'SessionAuth'],
    ['session_exp_auth', 'SessionExpAuth'],
    ['session_db_auth', 'SessionDBAuth'],
    ['jwt_auth', 'JwtAuth'],
  ];
  for (const [authType, className] of table) {
    it(`makes ${className} for ${authType}`, () => {
      expect(createAuth({ ...CONFIG, authType })?.constructor.name).to.equal(className);
    });
  }

  it('makes nothing for the open API', () => {
    expect(createAuth({ ...CONFIG, authType: null })).to.equal(null);
  });
});
