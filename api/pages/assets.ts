import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ViewContext } from '../context.js';

/** Something that pages need and that is the same for everybody. */
export interface Asset {
  /** Where it is, with its version: under this address it never changes. */
  readonly url: string;
  /** GET of it. */
  readonly show: (ctx: ViewContext) => void;
}

/** From the sources: the compiler copies nothing but code. */
const FOLDER = new URL('api/pages/', import.meta.resolve('#package'));
const FOR_EVER = 'public, max-age=31536000, immutable';

/** Reads a file beside this one; once, at the start. */
export function loadAsset(name: string): Asset {
  const content = readFileSync(new URL(name, FOLDER), 'utf8');
  const version = hash('sha256', content, 'base64url').slice(0, 12);
  return {
    url: `/${name}?v=${version}`,
    show(ctx) {
      ctx.set('Cache-Control', ctx.query['v'] === version ? FOR_EVER : 'no-cache');
      ctx.status = 200;
      ctx.type = name;
      ctx.etag = version;
      if (ctx.fresh) ctx.status = 304;
      else ctx.body = content;
    },
  };
}
