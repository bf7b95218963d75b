/**
 * npm run migrate -- --from URL --to URL: copies users, sessions, throttle entries and the audit trail from one store to
 * another, so that nobody is logged out by the move. See docs/migrate.md.
 */
import { Command } from 'commander';
import { checkTarget, copy, verify, type Move } from '../../models/migration/migration.js';
import { loadMigration, type MigrationSettings, type PlaceTexts } from '../config/migration.js';
import { say, warn } from './desk.js';
import { Places } from './migrate/places.js';
import { grouped, Progress } from './migrate/progress.js';
import { SigningKeys } from './migrate/signing_keys.js';

async function copyAll(moves: readonly Move[], progress: Progress): Promise<void> {
  for (const move of moves) {
    const { name } = move.model;
    progress.start(`${name}: copying`, await move.source.count(move.model));
    const { copied, found, over } = await copy(move, (done) => progress.step(done));
    progress.end();
    const parts = [
      `${grouped(copied)} copied`,
      ...(found > 0 ? [`${grouped(found)} were there already`] : []),
      ...(over > 0 ? [`${grouped(over)} were over and stay behind`] : []),
    ];
    say(`${name}: ${parts.join(', ')}`);
  }
}

async function verifyAll(moves: readonly Move[], progress: Progress): Promise<void> {
  for (const move of moves) {
    const { name } = move.model;
    progress.start(`${name}: comparing`, await move.source.count(move.model));
    const { records, digest } = await verify(move, (done) => progress.step(done));
    progress.end();
    say(`${name}: ${grouped(records)} are the same in both, SHA-256 ${digest}`);
  }
}

async function migrate({ addresses, ...settings }: MigrationSettings): Promise<void> {
  const progress = new Progress(process.stderr);
  const tell = (message: string): void => {
    progress.end();
    warn(message);
  };
  const places = new Places(tell);
  try {
    const { moves, source, target } = await places.open(addresses);
    for (const move of moves) say(`${move.model.name}: from ${move.source.label} to ${move.target.label}`);
    // Everything is looked at before anything is changed.
    for (const move of moves) await checkTarget(move);
    const keys = new SigningKeys(settings, tell);
    await keys.handOver(source, target);
    await copyAll(moves, progress);
    await verifyAll(moves, progress);
    if (source.place !== target.place) say(await keys.advice(source, target));
    say('Done: the target holds what the source does.');
  } finally {
    progress.end();
    await places.close();
  }
}

/** Whatever has the form of a URL: commander repeats what it does not understand. */
function withoutUrls(text: string): string {
  return text.replaceAll(/[\w+-]*:\/\/\S*/g, '…');
}

const program = new Command('npm run migrate --')
  .description(
    'Copies users, sessions, throttle entries and the audit trail to another store; the source is only read.',
  )
  .requiredOption('--from <url>', 'file:DIR (file: alone is STORAGE_DIR), postgres://… or env:NAME')
  .requiredOption('--to <url>', 'the same')
  .option(
    '--sessions-from <url>',
    'where sessions and throttle entries are: redis://…, rediss://… or env:NAME',
  )
  .option('--sessions-to <url>', 'the same')
  .addHelpText(
    'after',
    '\nenv:NAME is a URL in the environment variable NAME: keep passwords off the command line.',
  )
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(withoutUrls(text)) })
  .action((texts: PlaceTexts) => migrate(loadMigration(texts, process.env)));

try {
  await program.parseAsync();
} catch (error) {
  warn(`Not done: ${(error as Error).message}`);
  process.exitCode = 1;
}
