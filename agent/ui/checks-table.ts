import type { Check } from '../../protocol/status.js';

const columns = ['check', 'measured', 'required', 'unit', 'verdict', 'code', 'what to do'] as const;

/**
 * Checks as a table of plain text, one line each below a heading.
 *
 * @returns lines without colours; nothing for no checks
 */
export function checksTable(checks: readonly Check[]): string[] {
  if (checks.length === 0) return [];
  const rows = [[...columns], ...checks.map(cells)];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function cells(check: Check): string[] {
  const required = check.required === null ? 'any' : `${check.relation} ${figure(check.required)}`;
  const measured = check.measured === null ? '-' : figure(check.measured);
  return [check.check, measured, required, check.unit, check.verdict, check.code, check.fix];
}

/** Three figures are enough for people; whole numbers stay whole. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
