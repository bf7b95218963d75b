import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const DOC = resolve(import.meta.dirname, '../../../docs/rights.md');

/** The columns of docs/rights.md. */
export const ROLES = ['nobody', 'the user', 'another user', 'disabled user', 'admin', 'stale admin'] as const;
export type Role = (typeof ROLES)[number];

/** The statuses of a route, such as `GET /auth/users`, in the order of {@link ROLES}. */
export type Rights = ReadonlyMap<string, readonly number[]>;

/** A section of the document whose heading says for which settings it holds. */
interface Section {
  readonly heading: string;
  readonly settings: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function sections(): Section[] {
  const [, ...parts] = readFileSync(DOC, 'utf8').split(/^## /m);
  return parts.map((part) => {
    const [heading = '', ...lines] = part.split('\n');
    const cells = lines
      .filter((line) => line.startsWith('|'))
      .map((line) => line.split('|').slice(1, -1))
      .map((row) => row.map((cell) => cell.trim().replaceAll('`', '')));
    const [columns, , ...rows] = cells;
    if (heading !== 'Fields' && String(columns?.slice(1)) !== String(ROLES))
      throw new Error(`docs/rights.md has other roles under ${heading}`);
    return {
      heading,
      settings: [...heading.matchAll(/`(\w+=\w*)`/g)].map(([, setting = '']) => setting),
      rows,
    };
  });
}

function rightsOf({ rows }: Section): Rights {
  return new Map(rows.map(([route = '', ...statuses]) => [route, statuses.map(Number)]));
}

/** For each setting of the document, the rights of all routes: what its own section says, else the first one. */
export function documentedRights(): { readonly setting: string; readonly rights: Rights }[] {
  const tables = sections().filter(({ settings }) => settings.length > 0);
  const [usual] = tables;
  return tables.flatMap((table) =>
    table.settings.map((setting) => ({
      setting,
      rights: new Map([...(usual ? rightsOf(usual) : []), ...rightsOf(table)]),
    })),
  );
}

/** What a page answers each role, in the order of {@link ROLES}: a status, or where somebody is sent first. */
export function documentedPages(): ReadonlyMap<string, readonly string[]> {
  return new Map(rowsOf('Pages').map(([route = '', ...answers]) => [route, answers]));
}

function rowsOf(wanted: string): Section['rows'] {
  return sections().find(({ heading }) => heading === wanted)?.rows ?? [];
}

/** The fields that a request to a route may set. */
export function documentedFields(): ReadonlyMap<string, readonly string[]> {
  return new Map(rowsOf('Fields').map(([route = '', , fields = '']) => [route, fields.split(', ')]));
}
