import { expect } from 'chai';
import { Keys } from '../../../api/services/keys.js';
import { newVisitor, visitorApp, type CookieSettings } from '../../support/visitor.js';

const STRICT: CookieSettings = { production: true, cookieSecure: 'on' };

describe('the visitor cookie', () => {
  const keys = Keys.random();

  it('is sent once something is put into it, for a day, out of reach for scripts and other sites', async () => {
    const response = await visitorApp(keys).request.get('/token');

    const [cookie = '', ...more] = response.get('Set-Cookie') ?? [];
    expect(more).to.deep.equal([]);
    expect(cookie).to.match(
      /^visitor=[\w-]+\.[\w-]{43}; path=\/; expires=[^;]+ GMT; samesite=lax; httponly$/,
    );
    const seconds = (Date.parse(/expires=([^;]+)/.exec(cookie)?.[1] ?? '') - Date.now()) / 1000;
    expect(seconds).to.be.within(86_390, 86_401);
  });

  it('is not sent where nothing is put into it, nor again where nothing changes', async () => {
    const { request } = visitorApp(keys);
    const { cookie } = await newVisitor(keys);

    expect((await request.get('/')).get('Set-Cookie')).to.equal(undefined);
    expect((await request.get('/').set('Cookie', cookie)).get('Set-Cookie')).to.equal(undefined);
    expect((await request.get('/token').set('Cookie', cookie)).get('Set-Cookie')).to.equal(undefined);
  });

  it('is never sent under /api/v1', async () => {
    const { request } = visitorApp(keys);

    for (const path of ['/api/v1/token', '/api/v1/x/token']) {
      expect((await request.get(path)).get('Set-Cookie'), path).to.equal(undefined);
    }
  });

  it('is read back, also after the keys were rotated', async () => {
    const [old, newer] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    const { cookie } = await newVisitor(new Keys([old]));

    const same = await visitorApp(new Keys([newer, old]))
      .request.get('/')
      .set('Cookie', cookie);
    const gone = await visitorApp(new Keys([newer]))
      .request.get('/')
      .set('Cookie', cookie);

    expect(same.body.session.csrf).to.match(/^[\w-]{22}$/);
    expect(gone.body.session).to.deep.equal({});
  });

  it('is taken for none when it is not ours, without an answer to it', async () => {
    const { request } = visitorApp(keys);
    const { cookie } = await newVisitor(keys);
    const forged = Buffer.from('{"csrf":"mine"}').toString('base64url');
    const [, signature = ''] = cookie.split('.');

    for (const bad of [
      'visitor=',
      'visitor=x',
      'visitor=.',
      `visitor=${forged}`,
      `visitor=${forged}.`,
      `visitor=${forged}.${signature}`,
      // Not its last letter, of which some bits do not count.
      cookie.replace(/\.(.)/, (_, letter) => `.${letter === 'A' ? 'B' : 'A'}`),
      `${cookie}.x`.replace('.x', '').replace('visitor=', 'visitor=x'),
      'visitor=%ff.%00',
    ]) {
      const response = await request.get('/').set('Cookie', bad);

      expect(response.status, bad).to.equal(200);
      expect(response.body.session, bad).to.deep.equal({});
      expect(response.get('Set-Cookie'), bad).to.equal(undefined);
    }
  });

  it('ends after its day, however long a client keeps it', async () => {
    const { cookie } = await newVisitor(keys);
    const { now } = Date;
    Date.now = () => now() + 86_500_000;
    try {
      const response = await visitorApp(keys).request.get('/').set('Cookie', cookie);

      expect(response.body.session).to.deep.equal({});
    } finally {
      Date.now = now;
    }
  });

  it('begins anew when it is used in the second half of its day', async () => {
    const { cookie } = await newVisitor(keys);
    const { now } = Date;
    try {
      for (const [hours, isSent] of [
        [11, false],
        [13, true],
      ] as const) {
        Date.now = () => now() + hours * 3_600_000;
        const response = await visitorApp(keys).request.get('/').set('Cookie', cookie);

        expect(response.get('Set-Cookie') !== undefined, `${hours} hours`).to.equal(isSent);
        expect(response.body.session.csrf).to.match(/^[\w-]{22}$/);
      }
    } finally {
      Date.now = now;
    }
  });

  it('V3.3.1, V3.3.3 is Secure and __Host- in production, over plain http too, which is one line in the log', async () => {
    const { request, lines } = visitorApp(keys, STRICT);

    for (let requests = 0; requests < 2; requests += 1) {
      const response = await request.get('/token');

      expect(response.status).to.equal(200);
      expect(response.get('Set-Cookie')?.[0]).to.match(
        /^__Host-visitor=[^;]+; path=\/; expires=[^;]+; samesite=lax; secure; httponly$/,
      );
    }
    expect(lines).to.have.length(1);
    expect(lines[0]).to.include('COOKIE_SECURE=auto');
  });

  it('is cleared with the attributes it was set with', async () => {
    const response = await visitorApp(keys, STRICT).request.get('/clear');

    expect(response.get('Set-Cookie')).to.deep.equal([
      '__Host-visitor=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; samesite=lax; secure; httponly',
    ]);
  });

  it('has the plain name where production is on plain http', async () => {
    const response = await visitorApp(keys, { production: true, cookieSecure: 'auto' }).request.get('/token');

    expect(response.get('Set-Cookie')?.[0])
      .to.match(/^visitor=/)
      .and.not.to.include('secure');
  });
});
