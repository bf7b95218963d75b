import type { Context } from '../context.js';
import type { Messages } from './messages/en.js';
import type { Languages } from './messages/languages.js';

/** A language, and how times are written in it. */
export interface Language {
  readonly text: Messages;
  readonly time: (date: Date) => string;
}

/** Chooses the language that a browser asks for. */
export class LanguageChoice {
  readonly #languages: ReadonlyMap<string, Language>;
  readonly #codes: string[];
  readonly #fallback: Language;

  constructor(languages: Languages) {
    this.#languages = new Map(languages.map((text) => [text.language, languageOf(text)]));
    this.#codes = [...this.#languages.keys()];
    this.#fallback = languageOf(languages[0]);
  }

  of(ctx: Context): Language {
    const code = ctx.acceptsLanguages(this.#codes);
    return (typeof code === 'string' ? this.#languages.get(code) : null) ?? this.#fallback;
  }
}

/** Making a formatter costs a thousand times more than using it. */
function languageOf(text: Messages): Language {
  let format: Intl.DateTimeFormat | null = null;
  return { text, time: (date) => (format ??= formatOf(text)).format(date) };
}

function formatOf(text: Messages): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(text.language, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
    timeZoneName: 'short',
  });
}
