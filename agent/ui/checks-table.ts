import { codeTable, isCode } from '../../protocol/codes/table.js';
import type { Check } from '../../protocol/status.js';

const columns = ['check', 'measured', 'required', 'verdict', 'code'] as const;

/**
 * Checks as a table of plain text, one line each below a heading, in less than 80 columns; below it, what those that did not
 * pass mean and what to do, once for all that say the same.
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
  return [line(columns), ...rows.map(line), ...notes(checks)];
}

const relations: Readonly<Record<Check['relation'], string>> = {
  'at least': '≥',
  'at most': '≤',
  exactly: '=',
};

function cells({ check, measured, required, relation, unit, verdict, code }: Check): string[] {
  const got = measured === null ? '-' : `${figure(measured)} ${unit}`.trim();
  return [
    check,
    got,
    required === null ? 'any' : `${relations[relation]} ${figure(required)}`,
    verdict,
    code,
  ];
}

function notes(checks: readonly Check[]): string[] {
  const about = new Map<string, string[]>();
  for (const { check, verdict, code, fix } of checks) {
    if (verdict === 'pass') continue;
    const note = isCode(code) ? `${codeTable[code].title}. ${fix}` : fix;
    about.set(note, [...(about.get(note) ?? []), check]);
  }
  return [...about].map(([note, names]) => `  ${names.join(', ')}: ${note}`);
}

/** Three figures are enough for people; whole numbers stay whole. */
export function figure(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 1000) return String(Math.round(value));
  return String(Number(value.toPrecision(3)));
}
