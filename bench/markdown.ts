/** One row of a table: column title → cell. */
export type Row = Readonly<Record<string, string>>;

/** Writes rows as a Markdown table, with an empty line after it. Titles are those of the first row. */
export function print(rows: readonly Row[]): void {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
  process.stdout.write(line(columns) + line(columns.map(() => '---')));
  for (const row of rows) process.stdout.write(line(columns.map((column) => row[column] ?? '')));
  process.stdout.write('\n');
}

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)} %`;
