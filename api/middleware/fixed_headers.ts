import { ServerResponse, validateHeaderName, validateHeaderValue } from 'node:http';

/** How Node writes the head of an answer: not documented, and the same in every release since 0.3. */
interface HeadWriter {
  _storeHeader?(this: object, firstLine: string, headers: unknown): void;
}

/** Where an answer keeps the text of those that it was given. */
const TEXT = Symbol('fixed headers');
type Answer = HeadWriter & { [TEXT]?: string };

/**
 * Gives answers headers that never change. Node would check, keep and join each of them anew for each answer, which
 * costs a request more than finding its session does; so they are put together once, and go out behind the status line.
 * Nothing can see, change or remove them afterwards: not for headers that anything else sets.
 * @param node what writes the heads; where it no longer can, headers are set in the usual way.
 * @throws TypeError for a header that HTTP does not allow.
 */
export function fixedHeaders(
  headers: readonly (readonly [string, string])[],
  node: HeadWriter = ServerResponse.prototype as HeadWriter,
): (res: ServerResponse) => void {
  for (const [name, value] of headers) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  const text = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  const { _storeHeader: write } = node;
  if (!write) {
    return (res) => {
      for (const [name, value] of headers) res.setHeader(name, value);
    };
  }
  const withText = function (this: Answer, firstLine: string, others: unknown): void {
    write.call(this, firstLine + (this[TEXT] ?? ''), others);
  };
  return (res) => {
    const answer = res as Answer;
    answer[TEXT] = (answer[TEXT] ?? '') + text;
    answer['_storeHeader'] = withText;
  };
}
