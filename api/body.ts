import { parse as parseForm } from 'node:querystring';
import { ApiError } from './errors.js';
import type { Context, ViewContext } from './context.js';
import { later } from './later.js';

/** The fields of a request body, as they came: of any type. */
export type Fields = Readonly<Record<string, unknown>>;

const LIMIT = '100kb';

// Forms are read as flat fields, a repeated one as a list: nested forms have no use here and many traps.
const options = { jsonLimit: LIMIT, formLimit: LIMIT, qs: { parse: (text: string) => parseForm(text) } };
// With its tables of character sets (iconv-lite) it is a fifth of all code.
const bodyParser = later(async () => (await import('koa-bodyparser')).default(options));

/**
 * The JSON object that the request carries.
 * @throws ApiError 400 `Wrong format` when it is no object, no JSON, or not sent as `application/json`; 413 above
 * 100 KB; 415 for an unknown content encoding.
 */
export async function readJsonObject(ctx: ViewContext): Promise<Fields> {
  if (!ctx.request.is('application/json')) throw wrongFormat();
  return readBody(ctx);
}

/**
 * The fields of a form (urlencoded) or of a JSON object; none when the body is neither.
 * @throws ApiError as {@link readJsonObject} does.
 */
export async function readFields(ctx: ViewContext): Promise<Fields> {
  return ctx.request.is('application/json', 'urlencoded') ? readBody(ctx) : {};
}

/**
 * The fields of a form or of a JSON object; none without a body.
 * @throws ApiError 415 for a body that is neither, and as {@link readJsonObject} does.
 */
export async function readAccountFields(ctx: ViewContext): Promise<Fields> {
  // What fetch and browsers say of a POST without a body is a length of 0.
  const kind = ctx.request.length === 0 ? null : ctx.request.is('application/json', 'urlencoded');
  // null is a request without a body, false one with a body of another kind: text/plain is how a foreign page sends JSON.
  if (kind === false) throw new ApiError(415);
  return kind === null ? {} : readBody(ctx);
}

/**
 * The fields of a form; none without a body.
 * @throws ApiError 415 for a body that is no form, and as {@link readJsonObject} does.
 */
export async function readForm(ctx: ViewContext): Promise<Fields> {
  const kind = ctx.request.length === 0 ? null : ctx.request.is('urlencoded');
  if (kind === false) throw new ApiError(415);
  return kind === null ? {} : readBody(ctx);
}

/** Whether a program sends the request, and no form: JSON, or nothing at all where it takes JSON as the answer. */
export function speaksJson(ctx: Context): boolean {
  const { type } = ctx.request;
  return type === '' ? ctx.accepts(['json', 'html']) === 'json' : type === 'application/json';
}

/**
 * A field that says yes or no; no when it is absent. A form's checkbox says `on`.
 * @throws ApiError 400 for anything else.
 */
export function booleanField(fields: Fields, name: string): boolean {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  if (value === true || value === 'true' || value === 'on' || value === '1') return true;
  if (value === null || value === undefined || value === false || value === 'false' || value === '')
    return false;
  throw new ApiError(400, `${name} must be true or false`);
}

/**
 * A text field; null when it is absent, null or empty.
 * @throws ApiError 400 when it is given twice, is no text, or holds broken Unicode.
 */
export function textField(fields: Fields, name: string): string | null {
  const value = Object.hasOwn(fields, name) ? fields[name] : null;
  if (value === null || value === undefined || value === '') return null;
  if (Array.isArray(value)) throw new ApiError(400, `${name} must be given once, as text`);
  if (typeof value !== 'string') throw new ApiError(400, `${name} must be text`);
  // Two different broken texts would become the same one as soon as they are encoded.
  if (!value.isWellFormed() || value.includes('\uFFFD'))
    throw new ApiError(400, `${name} is not valid Unicode`);
  return value;
}

/** A text field that must be there. @throws ApiError 400 `<name> missing`, and as {@link textField} does. */
export function requiredField(fields: Fields, name: string): string {
  const value = textField(fields, name);
  if (value === null) throw new ApiError(400, `${name} missing`);
  return value;
}

async function readBody(ctx: ViewContext): Promise<Fields> {
  const parseBody = await bodyParser();
  try {
    await parseBody(ctx, async () => {});
  } catch (error) {
    throw refusal(error);
  }
  const { body, rawBody } = ctx.request;
  // The parser makes an object of nothing: right for a form without fields, but nothing is no JSON.
  const isNothing = rawBody === '' && ctx.request.is('application/json') !== false;
  if (isNothing || typeof body !== 'object' || body === null || Array.isArray(body)) throw wrongFormat();
  // The parser refuses this name in JSON, at any depth; no form has an honest use for it either.
  if (Object.hasOwn(body, '__proto__')) throw wrongFormat();
  return body as Fields;
}

/** A broken body is the client's fault, whatever the parser makes of it: a corrupt gzip stream has no status. */
function refusal(error: unknown): ApiError {
  const status = error instanceof Error && 'status' in error ? error.status : 400;
  if (status === 413) return new ApiError(413, 'Request body too large', { Connection: 'close' });
  return status === 415 ? new ApiError(415) : wrongFormat();
}

function wrongFormat(): ApiError {
  return new ApiError(400, 'Wrong format');
}
