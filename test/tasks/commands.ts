import { PageError, type Command } from './page.js';

/** The port that pages name when `npm start` sets no other. */
const PORT = '5000';

/** A start of the server with the variables that stand before it. */
export interface Start {
  readonly env: Readonly<Record<string, string>>;
  /** The port that the page's commands name. */
  readonly port: string;
}

/**
 * The start that a command asks for, its durations divided by the block's speed; null for any other command.
 * @throws PageError for a start that could not be run as it is written.
 */
export function startOf({ text, line, speed }: Command): Start | null {
  if (!/\bnpm start\b/.test(text)) return null;
  if (!/^(?:[A-Z_]+=[\w.,*/:-]* )*npm start$/.test(text))
    throw new PageError(line, 'only plain variables may stand beside npm start');
  const env = Object.fromEntries(
    text
      .split(' ')
      .slice(0, -2)
      .map((word): [string, string] => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]),
  );
  const duration = env['SESSION_DURATION'];
  if (duration !== undefined) env['SESSION_DURATION'] = divided(duration, speed, line);
  return { env, port: env['API_PORT'] ?? PORT };
}

/** The command as it is run: `sleep` divided by the block's speed, the page's port replaced by the server's. */
export function shellText({ text, speed }: Command, ports: { page: string; server: string } | null): string {
  const sleep = /^sleep (\d+)$/.exec(text);
  if (sleep) return `sleep ${Number(sleep[1]) / speed}`;
  return ports ? withPort(text, ports.page, ports.server) : text;
}

/** The ports of this machine that a command names; undefined for each that goes without saying. */
export function portsIn(text: string): (string | undefined)[] {
  return [...text.matchAll(/\b(?:localhost|127\.0\.0\.1)\b(?::(\d+))?/g)].map((match) => match[1]);
}

/** The text with one port of this machine replaced by another. */
export function withPort(text: string, from: string, to: string): string {
  return text.replaceAll(new RegExp(`\\b(localhost|127\\.0\\.0\\.1):${from}\\b`, 'g'), `$1:${to}`);
}

function divided(duration: string, speed: number, line: number): string {
  const seconds = Number(duration) / speed;
  if (speed > 1 && !Number.isInteger(seconds))
    throw new PageError(
      line,
      `SESSION_DURATION=${duration} cannot be divided by ${speed} into whole seconds`,
    );
  return speed > 1 ? String(seconds) : duration;
}
