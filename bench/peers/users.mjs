// Where a peer has its users: in memory, or in a table of PostgreSQL, read as the manual of `pg` shows it.
import { USER } from './user.mjs';

/** As many as there are in bench/stores/people.ts. */
const USERS = 256;

export const idOf = (i) => `0b5f2bd6-6a2f-4f0e-9d58-${String(i).padStart(12, '0')}`;

const all = [
  USER,
  ...Array.from({ length: USERS }, (_, i) => ({ ...USER, id: idOf(i), email: `user${i}@example.org` })),
];

/** Resolves to what finds a user by the id. */
export async function findUser(url) {
  if (!url) {
    const users = new Map(all.map((user) => [user.id, user]));
    return (id) => users.get(id);
  }
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url });
  const columns = Object.keys(USER);
  await pool.query(
    `create table if not exists app_users (${columns.map((name) => `${name} text`).join()}, primary key (id))`,
  );
  for (const user of all) {
    const values = columns.map((name) => user[name]);
    await pool.query(
      `insert into app_users values (${values.map((_, i) => `$${i + 1}`).join()}) on conflict do nothing`,
      values,
    );
  }
  return async (id) => (await pool.query('select * from app_users where id = $1', [id])).rows[0];
}
