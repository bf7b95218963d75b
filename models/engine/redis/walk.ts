import type { Connection } from './connection.js';
import type { Keys } from './keys.js';

/** Keys that Redis looks at in one go, so that a walk lets others in between. */
const BATCH = 500;

/** The places of a model's records in batches, in no order: server after server, with SCAN, which never blocks. */
export async function* walk(connection: Connection, keys: Keys): AsyncGenerator<readonly string[]> {
  const servers = await connection.attempt(async (commands) => commands.servers());
  for (const server of servers) {
    let cursor = '0';
    do {
      const [next, found] = await connection.attempt((commands) =>
        commands.scan(server, cursor, keys.allRecords, BATCH),
      );
      yield [...new Set(found)].map((key) => keys.placeIn(key));
      cursor = next;
    } while (cursor !== '0');
  }
}
