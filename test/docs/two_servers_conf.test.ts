import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeCertificate } from '../support/certificate.js';
import { ask, cookiesOf, type Answer, type Question } from '../support/https_client.js';
import { needNginx, NginxProcess } from '../support/nginx_process.js';
import { needPostgres, postgresUrl } from '../support/postgres_process.js';
import { needRedis, redisUrl } from '../support/redis_process.js';
import { ServerProcess } from '../support/server_process.js';
import { useTempFolder } from '../support/temp_folder.js';

const ANN = { email: 'ann@example.org', password: 'a long enough password' };
/** So many requests that each server gets some. */
const SOME = 8;

describe('docs/nginx/two_servers.conf', function () {
  this.timeout(30_000);
  const folder = useTempFolder();
  let ca: string;
  let nginx: NginxProcess;
  let env: Readonly<Record<string, string>>;
  const servers: ServerProcess[] = [];
  let ports: number[];
  beforeEach(needNginx);
  beforeEach(needPostgres);
  beforeEach(needRedis);
  beforeEach(async () => {
    env = {
      NODE_ENV: 'production',
      AUTH_TYPE: 'session_db_auth',
      TRUST_PROXY: '1',
      SCRYPT_COST: '13,8,10',
      STORAGE_DIR: join(folder(), 'storage'),
      STORAGE_URL: await postgresUrl(),
      SESSION_STORAGE_URL: await redisUrl(),
    };
    for (const which of [0, 1]) servers[which] = ServerProcess.node(env);
    ports = await Promise.all(servers.map((server) => server.port()));
    const { cert, key } = await makeCertificate(folder());
    ca = await readFile(cert, 'utf8');
    nginx = await NginxProcess.start(join(folder(), 'nginx'), 'two_servers.conf', {
      'login.example.org': 'localhost',
      '/etc/ssl/gatehouse/fullchain.pem': cert,
      '/etc/ssl/gatehouse/privkey.pem': key,
      '127.0.0.1:5001': `127.0.0.1:${ports[0]}`,
      '127.0.0.1:5002': `127.0.0.1:${ports[1]}`,
    });
  });

  const send = (question: Omit<Question, 'port'>): Promise<Answer> =>
    ask({ port: nginx.httpsPort, ca, ...question });

  const post = (path: string, body: object, headers = {}): Promise<Answer> =>
    send({
      path,
      method: 'POST',
      headers: { 'Content-Type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });

  const logIn = async (): Promise<{ readonly status: number; readonly cookie: string }> => {
    const answer = await post('/auth/login', ANN);
    return { status: answer.status, cookie: cookiesOf(answer).join('; ') };
  };

  /** What each server says of a session when it is asked itself. */
  const statusesOf = async (cookie: string): Promise<number[]> => {
    const headers = { Cookie: cookie, Host: 'localhost', 'X-Forwarded-Proto': 'https' };
    const answers = ports.map((port) => ask({ port, path: '/auth/status', headers }));
    return (await Promise.all(answers)).map(({ status }) => status);
  };

  const readMany = async (cookie: string): Promise<number[]> => {
    const reads = Array.from({ length: SOME }, () =>
      send({ path: '/auth/status', headers: { Cookie: cookie } }),
    );
    return (await Promise.all(reads)).map(({ status }) => status);
  };

  it('leads to two servers that know the same sessions, and goes on with the one that is left', async () => {
    const registered = await post('/auth/register', ANN);
    const { cookie } = await logIn();
    const known = [await statusesOf(cookie), await readMany(cookie)];
    const answeredBy = servers.map(({ stdout }) => stdout.includes('/auth/status'));

    servers[0]?.kill('SIGKILL');
    await servers[0]?.exited;
    const [reads, second] = [await readMany(cookie), await logIn()];
    servers[0] = ServerProcess.node({ ...env, API_PORT: String(ports[0]) });
    await servers[0].port();
    const back = await statusesOf(second.cookie);
    const logout = await post('/auth/logout', {}, { Cookie: cookie });

    expect(registered.status).to.equal(201);
    expect(known).to.deep.equal([[200, 200], Array.from({ length: SOME }, () => 200)]);
    expect(answeredBy).to.deep.equal([true, true]);
    expect(reads).to.deep.equal(Array.from({ length: SOME }, () => 200));
    expect([second.status, back, logout.status]).to.deep.equal([200, [200, 200], 200]);
    expect([await statusesOf(cookie), await statusesOf(second.cookie)]).to.deep.equal([
      [401, 401],
      [200, 200],
    ]);
  });
});
