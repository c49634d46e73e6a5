import type { DeviceStatus } from '../protocol/status.js';

/** What was measured and the least that is required; null where it is not known. */
export interface Figure {
  readonly measured: number | null;
  readonly required: number | null;
}

/** One line of the table. */
export interface TableRow {
  readonly name: string;
  readonly claims: string;
  readonly status: DeviceStatus | 'starting';
  readonly class: string | null;
  /** GFLOP/s of the card with the claim that counts; null before its exam. */
  readonly rate: Figure | null;
  /** Its memory, 10^9 bytes a second. */
  readonly bandwidth: Figure | null;
  readonly reasons: readonly string[];
}

const headings = ['device', 'claims', 'status', 'class', 'GFLOP/s', 'least', 'GB/s', 'least', 'reasons'];

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
  const figures = [figuresLine(row.rate, 'GFLOP/s'), figuresLine(row.bandwidth, 'GB/s')];
  const words = [row.status, figures.filter((line) => line !== '').join(', '), row.reasons.join(' ')];
  return `${row.name} (${row.claims}): ${words.filter((word) => word !== '').join(' ')}`;
}

function figuresLine(shown: Figure | null, unit: string): string {
  if (shown === null || shown.measured === null) return '';
  const required = figure(shown.required);
  return required === ''
    ? `${figure(shown.measured)} ${unit}`
    : `${figure(shown.measured)} of ${required} ${unit}`;
}

function cellsOf({ name, claims, status, class: id, rate, bandwidth, reasons }: TableRow): string[] {
  const figures = [rate, bandwidth].flatMap((shown) => [figure(shown?.measured), figure(shown?.required)]);
  return [name, claims, status, id ?? '', ...figures, reasons.join(' ')];
}

const isFigure = (column: number): boolean => column >= 4 && column < 8;

/** Three significant digits: simulated cards do fractions of a GFLOP/s, a CPU a hundred. */
function figure(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : String(Number(value.toPrecision(3)));
}
