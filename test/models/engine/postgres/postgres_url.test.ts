import { inspect } from 'node:util';
import { expect } from 'chai';
import { parsePostgresUrl, PostgresUrlError } from '../../../../models/engine/postgres/postgres_url.js';

function problemOf(url: string): Error {
  try {
    parsePostgresUrl(url);
  } catch (error) {
    return error as Error;
  }
  throw new Error(`${url} is good`);
}

describe('the URL of a PostgreSQL database', () => {
  it('says where the server is and who comes', () => {
    const target = parsePostgresUrl('postgres://ann%40x:p%40ss%2Fword@db.example:5433/gate%20house');

    expect(target).to.deep.equal({
      host: 'db.example',
      port: 5433,
      path: null,
      user: 'ann@x',
      password: 'p@ss/word',
      database: 'gate house',
      ssl: 'prefer',
      connections: 10,
      statementTimeout: 2000,
      parameters: { application_name: 'gatehouse' },
      label: 'db.example:5433/gate house',
    });
  });

  it('may leave out the port and the password, name an IPv6 address, or a folder with a Unix socket', () => {
    const plain = parsePostgresUrl('postgresql://ann@[::1]/gate');
    const local = parsePostgresUrl('postgres://ann@%2Fvar%2Frun%2Fpostgresql/gate?sslmode=verify-full');

    expect([plain.host, plain.port, plain.password]).to.deep.equal(['::1', 5432, '']);
    expect([local.path, local.ssl]).to.deep.equal(['/var/run/postgresql/.s.PGSQL.5432', false]);
  });

  it('takes parameters', () => {
    const { connections, statementTimeout, parameters } = parsePostgresUrl(
      'postgres://u@h/d?connection_limit=3&statement_timeout=0&application_name=a&options=-c%20search_path%3Dx',
    );

    expect([connections, statementTimeout]).to.deep.equal([3, 0]);
    expect(parameters).to.deep.equal({ application_name: 'a', options: '-c search_path=x' });
  });

  it('has the words of libpq for TLS', () => {
    const sslOf = (more: string) => parsePostgresUrl(`postgres://u@h/d?${more}`).ssl;

    expect(sslOf('sslmode=disable')).to.equal(false);
    expect(sslOf('sslmode=prefer')).to.equal('prefer');
    expect(sslOf('sslmode=require')).to.include({ rejectUnauthorized: false });
    for (const word of ['verify-ca', 'verify-full'])
      expect(sslOf(`sslmode=${word}`)).to.include({ rejectUnauthorized: true });
    expect(sslOf(`sslmode=require&sslrootcert=${import.meta.filename}`)).to.include({
      rejectUnauthorized: true,
    });
  });

  for (const bad of [
    'secret-text',
    'http://u:secret-text@h/d',
    'postgres://u:secret-text@h:99999/d',
    'postgres://u:secret-text@/d',
    'postgres://u:secret-text@h',
    'postgres://u:secret-text@h/',
    'postgres://:secret-text@h/d',
    'postgres://u:secret-text%ZZ@h/d',
    'postgres://u:1?secret-text@h/d',
    'postgres://u:secret-text@h/d?sslmode=allow',
    'postgres://u:secret-text@h/d?sslmode=',
    'postgres://u:secret-text@h/d?sslmode=verify-full&sslrootcert=/nowhere/ca.pem',
    'postgres://u:secret-text@h/d?sslmode=prefer&sslrootcert=/dev/null',
    'postgres://u:secret-text@h/d?max=3',
    'postgres://u:secret-text@h/d?connection_limit=0',
    'postgres://u:secret-text@h/d?connection_limit=101',
    'postgres://u:secret-text@h/d?connection_limit=1.5',
    'postgres://u:secret-text@h/d?statement_timeout=-1',
  ]) {
    it(`is refused as ${bad}, without a word of the password`, () => {
      const problem = problemOf(bad);

      expect(problem).to.be.instanceOf(PostgresUrlError);
      expect(inspect(problem, { depth: 9, showHidden: true }).replaceAll(/\n\s+at .*/g, '')).not.to.include(
        'secret-text',
      );
    });
  }
});
