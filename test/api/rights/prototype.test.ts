import { expect } from 'chai';
import { User } from '../../../models/user.js';
import { UserSession } from '../../../models/user_session.js';
import { buildApp } from '../../support/app.js';
import { bodyOf, castFor, requestTo, takesJson } from '../../support/cast.js';
import { documentedFields } from '../../support/rights_doc.js';

const FORM = 'application/x-www-form-urlencoded';
const JSON_TYPE = 'application/json';

/** Bodies with a field `__proto__` beside good ones: in JSON, deep inside and disguised too, and in a form. */
function bodies(good: object): [type: string, body: string][] {
  const start = JSON.stringify(good).slice(0, -1);
  return [
    [JSON_TYPE, `${start},"__proto__":{"role":"admin"}}`],
    [JSON_TYPE, `${start},"other":[{"\\u005f_proto__":{"role":"admin"}}]}`],
    [FORM, `${new URLSearchParams({ ...good }).toString()}&__proto__=admin`],
    [FORM, `${new URLSearchParams({ ...good }).toString()}&%5f_proto__=1&__proto__=2`],
  ];
}

async function everything(): Promise<object[]> {
  const records = [...(await User.all()), ...(await UserSession.all())];
  return records.map((record) => record.toRecord());
}

describe('V1.5.2, V15.3.6 a field called __proto__', () => {
  for (const route of documentedFields().keys()) {
    it(`makes it a 400, or is not read at all, and changes nothing, at ${route}`, async () => {
      const app = buildApp({ authType: 'session_db_auth' });
      const cast = await castFor(app, route.includes('/auth/users') ? 'admin' : 'the user');
      const before = await everything();

      for (const [type, body] of bodies(bodyOf(cast, route))) {
        const headers = { 'Content-Type': type, Accept: JSON_TYPE };
        const response = await requestTo(app, cast, route).set(headers).send(body);

        const isTaken = type === FORM || takesJson(route);
        expect([response.status, response.body], body).to.deep.equal(
          isTaken ? [400, { error: 'Wrong format' }] : [415, { error: 'Unsupported media type' }],
        );
      }
      expect(await everything()).to.deep.equal(before);
      expect(({} as { role?: string }).role).to.equal(undefined);
    });
  }
});
