import type { DeviceStatus } from '../protocol/status.js';

/** One line of the table. `measured` and `required` are GFLOP/s of the card with the claim that counts. */
export interface TableRow {
  readonly name: string;
  readonly claims: string;
  readonly status: DeviceStatus | 'starting';
  readonly class: string | null;
  readonly measured: number | null;
  readonly required: number | null;
  readonly reasons: readonly string[];
}

const headings = ['device', 'claims', 'status', 'class', 'GFLOP/s', 'required', 'reasons'];

/** The rows under their headings, as lines of at most `width` characters. */
export function tableLines(rows: readonly TableRow[], width: number): string[] {
  const cells = [headings, ...rows.map(cellsOf)];
  const widths = headings.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return cells.map((row) =>
    row
      .map((cell, column) =>
        isFigure(column) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
      .slice(0, width),
  );
}

/** What one row says, for a terminal that can't redraw. */
export function rowLine(row: TableRow): string {
  const [name, claims, status, , measured, required, reasons] = cellsOf(row);
  const figures = row.measured === null ? '' : ` ${measured} of ${required} GFLOP/s`;
  return `${name} (${claims}): ${status}${figures}${reasons ? ` ${reasons}` : ''}`;
}

function cellsOf(row: TableRow): string[] {
  return [
    row.name,
    row.claims,
    row.status,
    row.class ?? '',
    figure(row.measured),
    figure(row.required),
    row.reasons.join(' '),
  ];
}

const isFigure = (column: number): boolean =>
  headings[column] === 'GFLOP/s' || headings[column] === 'required';

/** Three significant digits: simulated cards do fractions of a GFLOP/s, a CPU a hundred. */
function figure(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(3)));
}
