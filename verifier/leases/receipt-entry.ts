import type { ReceiptCard, ReceiptEntry, ReceiptExam } from '../../protocol/messages/receipt.js';
import type { ProbeOutcome } from '../../protocol/status.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { OfflineFact, ProbeFact } from '../../scoring/facts/timelock.js';
import { probeTimeMs } from '../../scoring/judge/probe.js';

/** Reports of outages that were wrong, and not only too late or too little. */
const wrongReports: ReadonlySet<string> = new Set([
  'offline.wrong-key',
  'offline.wrong-tag',
  'offline.wrong-walk',
  'offline.too-fast',
]);

export function examOf({ exam, at, outcome, class: proven, gflops, memory, reasons }: ExamFact): ReceiptExam {
  const bandwidthGBps = memory?.bandwidthGBps ?? null;
  return { exam, at, outcome, class: proven, gflops, bandwidthGBps, reasons: [...reasons] };
}

/** What a fact says of one card, as an entry of its transcript. Nothing where it has none in this transcript. */
export function entryOf(fact: ProbeFact | OfflineFact, card: number, transcript: string): ReceiptEntry[] {
  if (fact.kind === 'offline.shown') return outageEntry(fact, card, transcript);
  return fact.card === card && fact.transcript === transcript ? [probeEntry(fact)] : [];
}

function probeEntry(fact: ProbeFact): ReceiptEntry {
  const { index, at, outcome, code, root, tag, seed, beacon, openings, walkersRight, load } = fact;
  return {
    index,
    kind: 'probe',
    at,
    outcome,
    code,
    root,
    tag,
    seed,
    beacon,
    opened: openings.length,
    right: walkersRight,
    elapsedMs: fact.elapsedMs === null ? null : probeTimeMs(fact.elapsedMs, fact.roundTripMs),
    load,
    outage: null,
  };
}

function outageEntry({ at, from, cards }: OfflineFact, card: number, transcript: string): ReceiptEntry[] {
  const shown = cards.find((one) => one.card === card && one.entry?.transcript === transcript);
  if (shown === undefined || shown.entry === null) return [];
  const { code, root, opened, right, creditedMs, entry } = shown;
  const { index, tag } = entry;
  const outcome = outageOutcome(code, creditedMs);
  const of = { index, kind: 'offline', at, outcome, code, root, tag, opened, right } as const;
  return [{ ...of, seed: null, beacon: null, elapsedMs: null, load: null, outage: { from, creditedMs } }];
}

function outageOutcome(code: string, creditedMs: number): ProbeOutcome {
  if (creditedMs > 0) return 'passed';
  if (code === 'offline.ours') return 'ours';
  return wrongReports.has(code) ? 'failed' : 'unanswered';
}

/** The device's own word for how far the transcript went: its signature of the last probe that has a right one. */
export function deviceSignedOf(facts: readonly (ProbeFact | OfflineFact)[]): ReceiptCard['deviceSigned'] {
  const signed = facts.findLast(
    (fact): fact is ProbeFact & { signature: string } =>
      fact.kind === 'probe.finished' && fact.signature !== null && fact.code !== 'probe.wrong-signature',
  );
  if (signed === undefined) return null;
  const { index, tag, signature } = signed;
  return { index, tag, signature };
}
