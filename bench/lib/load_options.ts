import { Command } from 'commander';
import { AIMED_CONNECTIONS } from './aims.js';

/** What every bench that puts load on servers in turns can be told. */
export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly json?: string;
}

/** A command with {@link LoadOptions}, to which a bench adds its own. */
export function loadCommand(name: string): Command {
  return new Command(`npm run bench:${name} --`)
    .option('--rounds <n>', 'turns of each server', Number, 5)
    .option('--seconds <n>', 'length of a turn', Number, 3)
    .option('--connections <n>', 'at once', Number, AIMED_CONNECTIONS)
    .option('--json <file>', 'write the figures to a file too');
}
