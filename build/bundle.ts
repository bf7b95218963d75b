/**
 * Puts the server and its packages into a few files, dist/bundle: Node starts them in less than half the
 * time that the hundreds take which they are made of. Run by `npm run build`, after the compiler has checked the types.
 */
import { mkdir, readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { rolldown, type OutputChunk, type Plugin } from 'rolldown';

/** This file is in dist/build when it runs. */
const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, 'dist/bundle');
const SERVER = 'server.js';

/** Large tables (MIME types) are quicker to parse as JSON than as code, by a tenth of the start. */
const parsedTables: Plugin = {
  name: 'parsed-tables',
  transform: {
    filter: { id: /\.json$/ },
    handler: (json) => ({
      code: `module.exports = JSON.parse(${JSON.stringify(JSON.stringify(JSON.parse(json)))});`,
      moduleType: 'js',
      map: { mappings: '' },
    }),
  },
};

/** Files of packages get no source map: Node would read it at every start, and their own lines say enough. */
function isOfPackages({ moduleIds }: Pick<OutputChunk, 'moduleIds'>): boolean {
  return !moduleIds.some((id) => id.startsWith(ROOT) && !id.includes('node_modules'));
}

/** The files that an entry and what it imports become, by name. */
async function outputs(entry: string): Promise<Map<string, string>> {
  const bundle = await rolldown({
    cwd: ROOT,
    input: entry,
    platform: 'node',
    tsconfig: 'tsconfig.json',
    plugins: [parsedTables],
    // One of Koa's packages (depd) names its wrappers by eval.
    checks: { eval: false },
    // What cannot be resolved would only be missed when it is run.
    onLog: (_level, log) => {
      throw new Error(log.message);
    },
  });
  const { output } = await bundle.generate({
    dir: FOLDER,
    sourcemap: true,
    sourcemapExcludeSources: true,
    // Node warns of deprecated calls in our own code, and tells that of packages by its folder; there, only .mjs is a module.
    chunkFileNames: (chunk) => (isOfPackages(chunk) ? 'node_modules/[name].[hash].mjs' : '[name].[hash].js'),
    codeSplitting: { groups: [{ name: 'packages', test: /node_modules/, entriesAware: true }] },
  });
  await bundle.close();
  const files = new Map<string, string>();
  for (const chunk of output) {
    if (chunk.type !== 'chunk') continue;
    const map = isOfPackages(chunk) ? null : chunk.map;
    const code = chunk.code.replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
    files.set(chunk.fileName, map ? `${code}//# sourceMappingURL=${chunk.fileName}.map\n` : code);
    if (map) files.set(`${chunk.fileName}.map`, map.toString());
  }
  return files;
}

/** Each file whole, and only where it changed: servers may be starting from them at this moment. */
async function write(file: string, text: string): Promise<void> {
  const path = join(FOLDER, file);
  if ((await readFile(path, 'utf8').catch(() => null)) === text) return;
  const temporary = `${path}.${process.pid}.tmp`;
  await writeFile(temporary, text);
  await rename(temporary, path);
}

// One by one: what the second shares with the server would be files of its own, which the server's start had to wait for.
const files = new Map([
  ...(await outputs('api/server.ts')),
  ...(await outputs('models/hashing/hash_thread.ts')),
]);
await mkdir(join(FOLDER, 'node_modules'), { recursive: true });
// The entry last: it names the others.
for (const [file, text] of [...files].toReversed()) await write(file, text);
for (const file of await readdir(FOLDER, { recursive: true })) {
  if (file === 'node_modules') continue;
  // What is being written belongs to a second build at the same time.
  if (!files.has(file) && !file.endsWith('.tmp')) await rm(join(FOLDER, file), { force: true });
}
// Says of which moment the bundle is, changed or not; see test/support/server_process.ts.
await utimes(join(FOLDER, SERVER), new Date(), new Date());
