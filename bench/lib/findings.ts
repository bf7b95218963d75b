import fs from 'fs-extra';
import { aimRows } from './aims.js';
import { printTable } from './stats.js';

export interface Table {
  readonly title: string;
  /** The first row is the heading. */
  readonly rows: readonly (readonly string[])[];
}

/** What a bench found out, for docs/performance.md. */
export interface Found {
  /** Figures by name, among them those of the table of aims. */
  readonly figures: Record<string, number>;
  readonly tables: Table[];
  readonly notes: string[];
}

/** Prints what a bench finds out, and keeps it. */
export class Findings implements Found {
  readonly figures: Record<string, number> = {};
  readonly tables: Table[] = [];
  readonly notes: string[] = [];

  table(title: string, rows: Table['rows']): void {
    process.stdout.write(`\n${title}\n`);
    printTable(rows);
    this.tables.push({ title, rows });
  }

  note(text: string): void {
    process.stdout.write(`${text}\n`);
    this.notes.push(text);
  }

  /** Keeps a figure, unless it could not be measured. */
  figure(name: string, value: number): void {
    if (!Number.isNaN(value)) this.figures[name] = value;
  }

  /** Prints what was aimed at, as far as it was measured, and writes everything to a file, if there is to be one. */
  async finish(file: string | undefined): Promise<void> {
    const rows = aimRows(this.figures, ({ figure }) => figure in this.figures);
    if (rows.length > 1) process.stdout.write('\n');
    if (rows.length > 1) printTable(rows);
    const { figures, tables, notes } = this;
    if (file !== undefined) await fs.writeJson(file, { figures, tables, notes }, { spaces: 2 });
  }
}
