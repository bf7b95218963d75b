import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import type { Line } from './report.js';

export const DOCUMENT = resolve(import.meta.dirname, '../../../docs/conformance.md');

const HEAD = `# Conformance

What this project promises about security, line by line, and the tests that hold it to it. The numbers are of
[OWASP ASVS 5.0.0](https://owasp.org/www-project-application-security-verification-standard/); SM, PS and RS are of OWASP's cheat
sheets on session management, password storage and REST. \`npm run conformance\` runs all tests and writes this file: a test counts
for a line when its title, or that of a suite around it, begins with the line's number.

Scope: **in** must hold in the default build, **opt** once the feature is there, **doc** is written down and true, **out** is not
covered.
`;

/** The text of docs/conformance.md, which is the same for the same outcomes. */
export async function documentText(lines: readonly Line[]): Promise<string> {
  const chapters = [...new Set(lines.map(({ chapter }) => chapter))];
  const tables = chapters.map(
    (name) => `## ${name}\n\n${table(lines.filter(({ chapter }) => chapter === name))}`,
  );
  const text = [HEAD, summary(lines), ...tables].join('\n\n');
  return format(text, { ...(await resolveConfig(DOCUMENT)), filepath: DOCUMENT });
}

function table(lines: readonly Line[]): string {
  const rows = lines.map(({ ids, level, scope, what, result, files }) =>
    [ids.join(', '), level, scope, what, result, shown(files)].map(cell).join(' | '),
  );
  const head = ['line', 'level', 'scope', 'what must hold', 'result', 'tests, in `test/`'];
  return [head.join(' | '), head.map(() => '---').join(' | '), ...rows].map((row) => `| ${row} |`).join('\n');
}

/** The first two: more would be wider than any screen. */
function shown(files: readonly string[]): string {
  const more = files.length > 2 ? ` and ${files.length - 2} more` : '';
  return `${files
    .slice(0, 2)
    .map((file) => `\`${file}\``)
    .join(' ')}${more}`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('__', '\\_\\_').replaceAll('*', '\\*');
}

function summary(lines: readonly Line[]): string {
  const count = (status: Line['status']): number => lines.filter((line) => line.status === status).length;
  const rest = count('fail') + count('missing');
  return `${lines.length} lines: ${count('pass')} pass, ${count('reason')} have a reason, ${rest} fail or have no test.`;
}
