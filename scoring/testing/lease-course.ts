import type { ReceiptEntry } from '../../protocol/messages/receipt.js';

// Entries of a lease for tests and for the worked examples of docs/scoring.md, by minutes of the lease.

export const minuteMs = 60_000;

const hex64 = '0'.repeat(64);

const entry = { index: 1, root: hex64, tag: hex64, seed: hex64, beacon: null, opened: 4, right: 4 } as const;

/** A probe at a minute of the lease. */
export function probeAt(minute: number, changes: Partial<ReceiptEntry> = {}): ReceiptEntry {
  const timed = { outcome: 'passed', code: 'probe.passed', elapsedMs: 40, load: 0, outage: null } as const;
  return { ...entry, kind: 'probe', at: minute * minuteMs, ...timed, ...changes };
}

/** An outage of which so many minutes were credited. */
export function outageAt(from: number, to: number, creditedMinutes: number): ReceiptEntry {
  const credited = creditedMinutes > 0;
  return {
    ...entry,
    kind: 'offline',
    at: to * minuteMs,
    seed: null,
    outcome: credited ? 'passed' : 'unanswered',
    code: credited ? 'offline.credited' : 'offline.no-table',
    elapsedMs: null,
    load: null,
    outage: { from: from * minuteMs, creditedMs: creditedMinutes * minuteMs },
  };
}

const outcomes = {
  P: { outcome: 'passed', code: 'probe.passed' },
  F: { outcome: 'failed', code: 'probe.late' },
  U: { outcome: 'unanswered', code: 'probe.unanswered' },
  O: { outcome: 'ours', code: 'probe.ours' },
} as const;

/** `P10 F20 A22-52:30` → a passed probe at minute 10, a failed one at 20, an outage from 22 to 52 with 30 minutes credited. */
export const courseOf = (text = ''): ReceiptEntry[] =>
  text.split(/\s+/).flatMap((word) => {
    const [, from, to, credited] = /^A(\d+)-(\d+):(\d+)$/.exec(word) ?? [];
    if (from !== undefined) return [outageAt(Number(from), Number(to), Number(credited))];
    const [, letter = '', minute] = /^([PFUO])(\d+)$/.exec(word) ?? [];
    const kind = outcomes[letter as keyof typeof outcomes];
    return kind === undefined ? [] : [probeAt(Number(minute), kind)];
  });
