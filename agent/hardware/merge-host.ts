import { ReportedHost } from '../../protocol/messages/hardware.js';
import { cutTo, fieldsThatFit } from './cut.js';

/** What several sources say of one machine, best first: of lists the union, of all else the first that is known. */
export function mergeHosts(read: readonly Partial<ReportedHost>[]): ReportedHost {
  const fitting = read.map((host) => fieldsThatFit(ReportedHost, host));
  const fields = Object.keys(ReportedHost.properties).map((field) => [
    field,
    together(fitting.map((host) => host[field as keyof ReportedHost])),
  ]);
  const host = cutTo(ReportedHost, Object.fromEntries(fields));
  if (host === undefined) throw new TypeError('A host has a field that cannot say "not known".');
  return host;
}

function together(values: readonly unknown[]): unknown {
  const known = values.filter((value) => value !== undefined && value !== null);
  const [first] = known;
  if (Array.isArray(first)) return union(known.filter((value) => Array.isArray(value)));
  if (typeof first === 'boolean') return known.includes(true);
  if (typeof first !== 'object') return first;
  // Parts of an object may be known to different sources: a library's version to one, its bytes to another.
  const parts = known.filter((value): value is Record<string, unknown> => typeof value === 'object');
  const names = [...new Set(parts.flatMap((part) => Object.keys(part)))];
  return Object.fromEntries(names.map((name) => [name, together(parts.map((part) => part[name]))]));
}

/**
 * Of equal items of one source each counts, such as two disks of one model; what another source shows too is the same again.
 * A text is there or not.
 */
function union(lists: readonly (readonly unknown[])[]): unknown[] {
  const all: unknown[] = [];
  const counts = new Map<string, number>();
  for (const list of lists) {
    const here = new Map<string, number>();
    for (const item of list) {
      const key = JSON.stringify(item) ?? '';
      const count = (here.get(key) ?? 0) + 1;
      here.set(key, count);
      const most = typeof item === 'string' ? 1 : count;
      if ((counts.get(key) ?? 0) >= most) continue;
      counts.set(key, count);
      all.push(item);
    }
  }
  return all;
}
