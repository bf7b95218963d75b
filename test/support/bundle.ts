import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The project's folder; this file is in dist/test/support when it runs. */
const ROOT = resolve(import.meta.dirname, '../../..');
const BUNDLE = join(ROOT, 'dist/bundle/server.js');

/**
 * The server as `npm start` runs it.
 * @throws Error when a source is newer: only `npm run build` makes it, and no test may pass on a server of yesterday.
 */
export function bundledServer(): string {
  const { mtimeMs } = statSync(BUNDLE);
  const sources = ['api', 'models'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  for (const source of ['package-lock.json', ...sources]) {
    if (statSync(join(ROOT, source)).mtimeMs > mtimeMs)
      throw new Error(`${source} is newer than the server's bundle: npm run build`);
  }
  return BUNDLE;
}
