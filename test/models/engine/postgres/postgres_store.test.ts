import { PostgresStore } from '../../../../models/engine/postgres/postgres_store.js';
import { needPostgres, postgresUrl } from '../../../support/postgres_process.js';
import { describeSharedStore } from '../shared_contract.js';

describe('PostgresStore', () => {
  beforeEach(needPostgres);

  describeSharedStore('PostgresStore', async () => {
    const url = await postgresUrl();
    return () => PostgresStore.open({ url, warn: () => {} });
  });
});
