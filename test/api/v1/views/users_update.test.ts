import { expect } from 'chai';
import { User } from '../../../../models/user.js';
import { buildApp, makeUser, type TestApp } from '../../../support/app.js';
import { listen } from '../../../support/listening.js';
import { RawClient } from '../../../support/raw_client.js';

function update(app: TestApp, id: string, body: string | object, type = 'application/json') {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return app.request().put(`/api/v1/users/${id}`).set('Content-Type', type).send(text);
}

describe('PUT /users/:id', () => {
  it('changes the names and moves updated_at', async () => {
    const app = buildApp({ authType: null });
    const user = await makeUser();
    app.clock.advance(5);

    const response = await update(app, user.id, { first_name: 'Bob', last_name: 'Dylan' });

    const time = new Date(app.clock.now).toISOString().slice(0, 19);
    const changed = { ...user.toJSON(), first_name: 'Bob', last_name: 'Dylan', updated_at: time };
    expect(response.status).to.equal(200);
    expect(response.body).to.deep.equal(changed);
    expect((await User.get(user.id))?.toJSON()).to.deep.equal(changed);
  });

  it('leaves a name alone that is null or not given', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser({ first_name: 'Bob', last_name: 'Dylan' });

    const nothing = await update(app, id, {});
    const nulls = await update(app, id, { first_name: null, last_name: null });
    const one = await update(app, id, { first_name: 'Robert' });

    expect(nothing.status).to.equal(200);
    expect(nothing.body).to.include({ first_name: 'Bob', last_name: 'Dylan' });
    expect(nulls.body).to.include({ first_name: 'Bob', last_name: 'Dylan' });
    expect(one.body).to.include({ first_name: 'Robert', last_name: 'Dylan' });
  });

  it('can empty a name', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser({ first_name: 'Bob' });

    const response = await update(app, id, { first_name: '' });

    expect(response.body.first_name).to.equal('');
  });

  it('moves updated_at even when nothing else changes', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser();
    app.clock.advance(60);

    const { body } = await update(app, id, {});

    expect(body.updated_at).to.equal(new Date(app.clock.now).toISOString().slice(0, 19));
  });

  for (const body of ['', 'null', '[]', '"text"', '5', '{', 'first_name=Bob']) {
    it(`refuses the body ${JSON.stringify(body)}`, async () => {
      const app = buildApp({ authType: null });
      const { id } = await makeUser();

      const response = await update(app, id, body);

      expect(response.status).to.equal(400);
      expect(response.body).to.deep.equal({ error: 'Wrong format' });
    });
  }

  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    it(`refuses JSON sent as ${type}`, async () => {
      const app = buildApp({ authType: null });
      const { id } = await makeUser();

      const response = await update(app, id, '{"first_name":"Bob"}', type);

      expect(response.status).to.equal(400);
      expect(response.body).to.deep.equal({ error: 'Wrong format' });
    });
  }

  for (const name of [5, 0, true, {}, ['Bob'], { a: 'b' }]) {
    it(`refuses the name ${JSON.stringify(name)} and changes nothing`, async () => {
      const app = buildApp({ authType: null });
      const user = await makeUser({ first_name: 'Bob' });

      const response = await update(app, user.id, { first_name: 'Robert', last_name: name });

      expect(response.status).to.equal(400);
      expect(response.body.error).to.include('last_name');
      expect((await User.get(user.id))?.toJSON()).to.deep.equal(user.toJSON());
    });
  }

  it('does not look at the body of an unknown user', async () => {
    const app = buildApp({ authType: null });

    for (const id of ['nobody', 'me', '__proto__', 'constructor']) {
      const response = await update(app, id, 'no JSON');

      expect(response.status, id).to.equal(404);
      expect(response.body, id).to.deep.equal({ error: 'Not found' });
    }
  });

  it('keeps both of two changes made at the same time', async () => {
    const app = buildApp({ authType: null });
    const { id } = await makeUser();

    await Promise.all([update(app, id, { first_name: 'Bob' }), update(app, id, { last_name: 'Dylan' })]);

    expect(await User.get(id)).to.include({ first_name: 'Bob', last_name: 'Dylan' });
  });

  it('does not bring back a user who was removed while the body was on its way', async () => {
    const app = buildApp({ authType: null });
    const { port } = await listen(app.listener);
    const { id } = await makeUser();
    const head = [`PUT /api/v1/users/${id} HTTP/1.1`, 'Host: x', 'Connection: close', 'Expect: 100-continue'];
    const type = ['Content-Type: application/json', 'Content-Length: 20'];
    const client = new RawClient(port).send([...head, ...type, '\r\n'].join('\r\n'));
    await client.until(/100 Continue/);
    await app.request().delete(`/api/v1/users/${id}`);

    const answers = await client.send('{"first_name":"Bob"}').answers();

    expect(answers.map(({ status }) => status)).to.deep.equal([404]);
    expect(await User.count()).to.equal(0);
  });
});
