import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { Child, helperFile } from '../support/child.js';
import { LeakyClient, playEveryRoute } from '../support/leaky_client.js';
import { ServerProcess } from '../support/server_process.js';
import { tempFolder } from '../support/temp_storage.js';

const WATCH = pathToFileURL(helperFile('outbound_watch.js')).href;

describe('V13.2.2, V13.2.4 the server', () => {
  it('connects to nobody and looks nobody up, whatever is asked of it', async () => {
    const env = { AUTH_TYPE: 'jwt_auth', STORAGE_DIR: await tempFolder(), SCRYPT_COST: '4,8,1' };
    const server = ServerProcess.node({ ...env, NODE_OPTIONS: `--import=${WATCH}` });
    const client = new LeakyClient(await server.port());

    await playEveryRoute(client, 'jwt_auth', client.secret());
    server.kill('SIGTERM');
    const code = await server.exited;

    expect([code, server.stderr]).to.deep.equal([0, '']);
    expect(server.stdout).to.include('"route":"/auth/login","status":200');
  }).timeout(20_000);

  for (const code of [
    "fetch('http://192.0.2.1:8080/')",
    "import('node:net').then(({ connect }) => connect(9, '192.0.2.1'))",
    "import('node:tls').then(({ connect }) => connect({ port: 9, host: '192.0.2.1' }))",
    "import('node:dns/promises').then(({ lookup }) => lookup('localhost'))",
    "import('node:dgram').then(({ createSocket }) => createSocket('udp4').send('x', 9, '192.0.2.1'))",
  ]) {
    it(`would be caught doing so: ${code}`, async () => {
      const child = new Child(process.execPath, [`--import=${WATCH}`, '-e', code]);

      await child.says(/outbound: /);
    });
  }
});
