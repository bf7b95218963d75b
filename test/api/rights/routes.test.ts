import { expect } from 'chai';
import type { Response } from 'supertest';
import { useMemory } from '../../../models/storage.js';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp, type TestApp } from '../../support/app.js';
import { castFor, sendAs } from '../../support/cast.js';
import { documentedPages, documentedRights, ROLES } from '../../support/rights_doc.js';

/** An application as a heading of docs/rights.md says: `AUTH_TYPE=…`, or another setting with stored sessions. */
function appWith(setting: string): TestApp {
  const [name = '', value = ''] = setting.split('=');
  if (name !== 'AUTH_TYPE') return buildApp({ authType: 'session_db_auth', env: { [name]: value } });
  return buildApp({ authType: value === '' ? null : (value as 'auth') });
}

for (const { setting, rights } of documentedRights()) {
  describe(`V8.2.1, V8.2.2, V8.1.1 who may do what under ${setting}`, () => {
    it('is written down for every route there is, and for no other', () => {
      const routes = appWith(setting).routes.map(({ method, path }) => `${method} ${path}`);

      expect([...rights.keys(), ...documentedPages().keys()]).to.have.members(routes);
    });

    for (const [route, expected] of rights) {
      it(`is as written down for ${route}`, async () => {
        const app = appWith(setting);
        const statuses: number[] = [];
        for (const role of ROLES) {
          useMemory();
          const cast = await castFor(app, role);
          const before = (await User.get(cast.owner.id))?.toRecord();
          const response = await sendAs(app, cast, route);
          statuses.push(response.status);
          if (response.status < 400) continue;
          expect(response.body.error).to.be.a('string');
          expect((await User.get(cast.owner.id))?.toRecord()).to.deep.equal(before);
          expect(await UserSession.allOf(cast.owner.id)).to.have.length(1);
        }

        expect(statuses, ROLES.join(', ')).to.deep.equal(expected);
      });
    }
  });
}

/** The status of an answer, or the page that somebody is sent to first. */
function answerOf({ status, headers }: Response): string {
  const [, page = String(status)] = /^\/(login|confirm)\?next=/.exec(headers['location'] ?? '') ?? [];
  return page;
}

describe('V8.2.1, V8.2.2, V8.1.1 who may open and send which page', () => {
  for (const [route, expected] of documentedPages()) {
    it(`is as written down for ${route}`, async () => {
      for (const authType of [null, 'session_db_auth', 'jwt_auth'] as const) {
        const app = buildApp({ authType });
        const answers: string[] = [];
        for (const role of ROLES) {
          useMemory();
          const cast = await castFor(app, role);
          const before = (await User.get(cast.owner.id))?.toRecord();
          const response = await sendAs(app, cast, route);
          answers.push(answerOf(response));
          if (response.status < 400 && !/^\D/.test(answers.at(-1) ?? '')) continue;
          expect((await User.get(cast.owner.id))?.toRecord()).to.deep.equal(before);
          expect(await UserSession.allOf(cast.owner.id)).to.have.length(1);
        }

        expect(answers, `${authType} ${ROLES.join(', ')}`).to.deep.equal(expected);
      }
    });
  }
});
