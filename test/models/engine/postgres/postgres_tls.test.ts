import { expect } from 'chai';
import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import { StorageUnavailableError } from '../../../../models/engine/storage_engine.js';
import { makeCertificate } from '../../../support/certificate.js';
import { needOwnPostgres, PostgresProcess, runSql } from '../../../support/postgres_process.js';
import { tempFolder } from '../../../support/temp_storage.js';

describe('PostgresStore on a server with TLS', function () {
  this.timeout(20_000);
  beforeEach(needOwnPostgres);

  it('encrypts and checks as sslmode says', async () => {
    const folder = await tempFolder();
    const files = await makeCertificate(folder);
    const server = await PostgresProcess.start();
    await server.useCertificate(files);
    const encrypted = `select count(*) > 0 as "is" from pg_stat_ssl s join pg_stat_activity a using (pid)
      where ssl and application_name = 'gatehouse'`;
    /** Whether the connection is encrypted, or why there is none. */
    const outcomeOf = async (parameters: string, host = '127.0.0.1'): Promise<unknown> => {
      const url = `${server.url.replace('127.0.0.1', host)}?${parameters}`;
      try {
        const store = await PostgresStore.open({ url, warn: () => {} });
        const [row] = await runSql(server.url, encrypted);
        await store.close();
        return row?.['is'];
      } catch (error) {
        expect(error).to.be.instanceOf(StorageUnavailableError);
        return (error as Error).message;
      }
    };
    const root = `sslrootcert=${files.cert}`;

    expect(await outcomeOf('sslmode=disable')).to.equal(false);
    expect(await outcomeOf('')).to.equal(true);
    expect(await outcomeOf('sslmode=prefer')).to.equal(true);
    expect(await outcomeOf('sslmode=require')).to.equal(true);
    expect(await outcomeOf(`sslmode=require&${root}`)).to.equal(true);
    expect(await outcomeOf(`sslmode=verify-ca&${root}`, '127.0.0.2')).to.equal(true);
    expect(await outcomeOf(`sslmode=verify-full&${root}`)).to.equal(true);
    expect(await outcomeOf(`sslmode=verify-full&${root}`, 'localhost')).to.equal(true);
    expect(await outcomeOf(`sslmode=verify-full&${root}`, '127.0.0.2')).to.match(/ALTNAME/);
    expect(await outcomeOf('sslmode=verify-full')).to.match(/SELF_SIGNED/);
    expect(await outcomeOf('sslmode=verify-ca')).to.match(/SELF_SIGNED/);
  });

  it('refuses a server without TLS when it is required, and takes it when it is preferred', async () => {
    const server = await PostgresProcess.start();

    const required = await PostgresStore.open({ url: `${server.url}?sslmode=require`, warn: () => {} }).catch(
      (error: unknown) => error,
    );
    const preferred = await PostgresStore.open({ url: `${server.url}?sslmode=prefer`, warn: () => {} });
    await preferred.close();

    expect(required).to.be.instanceOf(StorageUnavailableError);
  });
});
