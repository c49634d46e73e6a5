import type { Check } from '../../protocol/status.js';

const columns = ['check', 'measured', 'required', 'unit', 'verdict', 'code'] as const;

/**
 * Checks as a table of plain text, one line each below a heading; under each that did not pass, what to do.
 *
 * @returns lines without colours; nothing for no checks
 */
export function checksTable(checks: readonly Check[]): string[] {
  if (checks.length === 0) return [];
  const rows = checks.map(cells);
  const widths = columns.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(columns),
    ...checks.flatMap((check, i) => {
      const row = line(rows[i] ?? []);
      return check.verdict === 'pass' ? [row] : [row, `  what to do: ${check.fix}`];
    }),
  ];
}

function cells(check: Check): string[] {
  const required = check.required === null ? 'any' : `${check.relation} ${figure(check.required)}`;
  const measured = check.measured === null ? '-' : figure(check.measured);
  return [check.check, measured, required, check.unit, check.verdict, check.code];
}

/** Three figures are enough for people; whole numbers stay whole. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
