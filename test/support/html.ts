/** Reads the pages of our own making: well-formed, attributes in double quotes. It is no parser for others. */

/** A whole tag; a `>` may stand in an attribute. */
const TAG = /<[^>"]*(?:"[^"]*"[^>"]*)*>/;

export type Attributes = ReadonlyMap<string, string>;

/** A form of a page: where it goes, and what a browser would send of it without typing anything. */
export interface PageForm {
  readonly action: string;
  readonly fields: ReadonlyMap<string, string>;
  /** Names and values of its buttons. */
  readonly buttons: readonly (readonly [name: string, value: string])[];
}

/** What an entity stands for; only those that the renderer makes. */
export function decoded(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}

/** The attributes of each tag with this name. */
export function tagsOf(html: string, name: string): Attributes[] {
  return [...html.matchAll(new RegExp(`<${name}((?:\\s[^\\s=>/]+(?:="[^"]*")?)*)\\s*/?>`, 'g'))].map(
    ([, text = '']) =>
      new Map(
        [...text.matchAll(/([^\s=/]+)(?:="([^"]*)")?/g)].map(([, key = '', value = '']) => [
          key,
          decoded(value),
        ]),
      ),
  );
}

/** The pieces of text between tags, as people read them; `<time>` left out. */
export function textsOf(html: string): string[] {
  return html
    .replaceAll(/<time[^>]*>[^<]*<\/time>/g, '')
    .split(TAG)
    .map(decoded)
    .filter((text) => text.trim() !== '');
}

/** Everything that can be read on a page, in one piece. */
export function readable(html: string): string {
  return html.split(TAG).map(decoded).join(' ').replaceAll(/\s+/g, ' ').trim();
}

export function titleOf(html: string): string {
  return decoded(/<title>([^<]*)<\/title>/.exec(html)?.[1] ?? '');
}

export function formsOf(html: string): PageForm[] {
  return [...html.matchAll(/(<form[^>]*>)([\s\S]*?)<\/form>/g)].map(([, form = '', inside = '']) => ({
    action: tagsOf(form, 'form')[0]?.get('action') ?? '',
    fields: new Map(
      tagsOf(inside, 'input')
        .filter((input) => input.get('type') !== 'checkbox' || input.has('checked'))
        .map((input) => [input.get('name') ?? '', input.get('value') ?? '']),
    ),
    buttons: tagsOf(inside, 'button').map((button) => [button.get('name') ?? '', button.get('value') ?? '']),
  }));
}
