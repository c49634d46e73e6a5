import { codeTable, isCode } from '../../protocol/codes/table.js';

/** Such as `0.4 s`, `12 s`, `3 min`, `6 h`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

/** Such as `0.3 GB`, `21 GB`. */
export function size(bytes: number): string {
  if (bytes < 1e9) return `${Math.ceil(bytes / 1e6)} MB`;
  const gigabytes = bytes / 1e9;
  return `${gigabytes < 10 ? gigabytes.toFixed(1) : Math.round(gigabytes)} GB`;
}

/** Such as `Probe answered too late (probe.late)`; the code alone where a newer verifier sent it. */
export const titleOf = (code: string): string => (isCode(code) ? `${codeTable[code].title} (${code})` : code);

/** What to do about a code, after a space; nothing for one of a newer verifier. */
export const fixOf = (code: string): string => (isCode(code) ? ` ${codeTable[code].fix}` : '');
