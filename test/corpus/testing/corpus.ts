import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Value } from 'typebox/value';
import { type CapturedHost, readCaptures } from '../../../agent/hardware/captures.js';
import { type ClaimedCard, withClaims } from '../../../agent/hardware/claimed.js';
import { mergeFacts } from '../../../agent/hardware/merge.js';
import { reportOf } from '../../../agent/hardware/read-machine.js';
import { type RawReport, sealReport } from '../../../agent/hardware/report.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import { type Finding, HardwareReport, ReportedCard } from '../../../protocol/messages/hardware.js';
import { findIn } from '../../../scoring/hardware/find.js';
import { loadKnownHardware } from '../../../scoring/hardware/read-known.js';

/** `expected.json` of a case. */
export interface Expected {
  /** What the case is there for. */
  readonly why: string;
  /** Honest: all codes that are found. Liars: codes that have to be among the evidence. */
  readonly findings: readonly string[];
  readonly refused: boolean;
  /** What the agent claims; absent: what is reported is what is claimed. */
  readonly claims?: readonly {
    readonly model: string;
    readonly memoryMiB: number;
    readonly kind?: CardClaim['kind'];
    readonly bus?: string;
  }[];
}

/** A machine as its files tell it. */
export interface Case {
  readonly name: string;
  readonly expected: Expected;
  readonly captured: CapturedHost | null;
  readonly raw: RawReport;
}

const folder = fileURLToPath(new URL('..', import.meta.url));
const known = loadKnownHardware();
/** Any key will do: equal values have equal hashes. */
const key = Buffer.alloc(32, 7);

/** All cases of a kind, by the code that `touchstone inspect` reads captures with. */
export async function casesOf(kind: 'honest' | 'liars'): Promise<Case[]> {
  const names = readdirSync(join(folder, kind)).sort();
  return await Promise.all(names.map((name) => readCase(kind, name)));
}

async function readCase(kind: string, name: string): Promise<Case> {
  const path = join(folder, kind, name);
  const expected = read(join(path, 'expected.json')) as Expected;
  const report = join(path, 'report.json');
  // Where no capture can say it: a report as another agent might make it, with what it leaves out not known.
  if (existsSync(report)) return { name, expected, captured: null, raw: completed(read(report)) };
  const hosts = await readCaptures(path);
  const [captured] = hosts;
  if (captured === undefined || hosts.length > 1) throw new Error(`${kind}/${name} is not one machine.`);
  return { name, expected, captured, raw: reportOf(captured) };
}

/** What is found, as at enrolment. */
export function findingsOf(raw: RawReport, { claims }: Expected): Finding[] {
  const claimed = (claims ?? []).map(
    ({ kind = 'gpu', model, memoryMiB, bus }): ClaimedCard => ({
      bus,
      claim: { kind, model, memoryBytes: memoryMiB * 2 ** 20, engine: null },
    }),
  );
  const report = sealReport(withClaims(raw, claimed), key);
  if (!Value.Check(HardwareReport, report)) throw new Error('The report does not fit the messages.');
  return findIn(report, claims === undefined ? null : claimed.map(({ claim }) => claim), known);
}

function completed(given: unknown): RawReport {
  const { cards = [] } = given as { cards?: Partial<ReportedCard>[] };
  const nothing = Object.fromEntries(Object.keys(ReportedCard.properties).map((name) => [name, null]));
  return {
    ...mergeFacts([]),
    cards: cards.map((card) => ({ ...nothing, migSlices: [], ...card }) as ReportedCard),
  };
}

const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
