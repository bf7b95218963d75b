/** A shell command of a page and what it must print. */
export interface Command {
  readonly kind: 'command';
  readonly text: string;
  readonly expected: readonly string[];
  /** The line of the page, counted from 1, where the command begins. */
  readonly line: number;
  /** Divides the durations of the command; 1: nothing is divided. */
  readonly speed: number;
}

/** A file that the reader is asked to save. */
export interface SourceFile {
  readonly kind: 'file';
  readonly name: string;
  readonly text: string;
  readonly line: number;
}

export type Step = Command | SourceFile;

/** The page is not written as docs/tasks/README.md says, or did not do what it says. */
export class PageError extends Error {
  override readonly name = 'PageError';
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

interface Block {
  readonly language: string;
  readonly words: ReadonlyMap<string, string>;
  /** The line of the opening fence. */
  readonly line: number;
  readonly body: string[];
}

/** Words that may follow the language of a block that is run. */
const WORDS: Readonly<Record<string, readonly string[]>> = { console: ['speed'], js: ['file'] };

/**
 * The steps of a page, in order. A mistake in the page must never turn a check into prose, so anything that looks
 * like a step but is none is refused.
 * @throws PageError
 */
export function parsePage(markdown: string): Step[] {
  return blocksOf(markdown).flatMap((block): Step[] => {
    if (block.language === 'console') return commandsOf(block);
    if (block.language === 'js') return [fileOf(block)];
    const stray = block.body.findIndex((line) => line.startsWith('$ '));
    if (stray < 0) return [];
    throw new PageError(block.line + 1 + stray, 'a command outside a console block would not be run');
  });
}

/** True for a command whose output is compared with more than `…`, which fits everything. */
export function isCheck(step: Step): boolean {
  return step.kind === 'command' && step.expected.some((line) => /[^…\s]/.test(line));
}

function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const [index, line] of markdown.split(/\r?\n/).entries()) {
    const isFence = /^\s*(?:>\s*)?(?:```|~~~)/.test(line);
    if (!isFence) {
      open?.body.push(line);
    } else if (!line.startsWith('```') || line.startsWith('````')) {
      throw new PageError(index + 1, 'a fence is three backticks at the start of a line');
    } else if (open === null) {
      blocks.push((open = openBlock(line, index + 1)));
    } else {
      if (line !== '```') throw new PageError(index + 1, 'text after a closing fence');
      open = null;
    }
  }
  if (open) throw new PageError(open.line, 'the block is never closed');
  return blocks;
}

function openBlock(fence: string, line: number): Block {
  const [language = '', ...rest] = fence.slice(3).trim().split(/\s+/);
  const words = new Map(rest.map((word) => [word.split('=', 1)[0] ?? '', word.slice(word.indexOf('=') + 1)]));
  for (const word of words.keys()) {
    if (WORDS[language] && !WORDS[language].includes(word))
      throw new PageError(line, `a ${language} block knows no "${word}"`);
  }
  return { language, words, line, body: [] };
}

function fileOf({ words, line, body }: Block): SourceFile {
  const name = words.get('file');
  if (name === undefined || !/^\w+\.mjs$/.test(name))
    throw new PageError(line, 'a js block needs file=<name>.mjs');
  return { kind: 'file', name, text: `${body.join('\n')}\n`, line };
}

function commandsOf({ words, line, body }: Block): Command[] {
  const speed = Number(words.get('speed') ?? 1);
  if (!Number.isSafeInteger(speed) || speed < 1) throw new PageError(line, 'speed must be a whole number');
  const commands: { text: string; expected: string[]; line: number }[] = [];
  let continues = false;
  for (const [index, text] of body.entries()) {
    const command = commands.at(-1);
    if (continues && command) command.text += `\n${text}`;
    else if (text.startsWith('$ '))
      commands.push({ text: text.slice(2), expected: [], line: line + 1 + index });
    else if (command) command.expected.push(text);
    else throw new PageError(line + 1 + index, 'output before the first command');
    continues = (continues || text.startsWith('$ ')) && text.endsWith('\\');
  }
  if (commands.length === 0) throw new PageError(line, 'a console block without a command');
  return commands.map((command) => ({ kind: 'command', ...command, speed }));
}
