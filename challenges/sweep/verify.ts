import { Compile } from 'typebox/compile';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { sweepFindingCodes } from '../../protocol/codes/sweep.js';
import { type SweepBeacon, SweepDocument, type SweepDocumentMember } from '../../protocol/messages/sweep.js';
import { isPreimage } from './chain.js';
import { drawOrder, eligibleHash } from './draw.js';
import { provenTogether } from './proven.js';
import { type SweepSeedPurpose, sweepSeed } from './seed.js';
import { type Spread, spreadOf } from './spread.js';

const schema = Compile(SweepDocument);

/** Longest chain that is hashed through: no verifier makes longer ones, and a file's number decides nothing here. */
const longestChain = 10_000_000;
/** What 99 of 100 members may be apart, beside what the clocks may be off, to count as one instant; milliseconds. */
const togetherMs = 250;

export type SweepFindingCode = keyof typeof sweepFindingCodes;

export interface SweepFinding {
  readonly code: SweepFindingCode;
  /** What it is about. */
  readonly detail: string;
}

export interface VerifiedSweep {
  readonly ok: boolean;
  readonly findings: readonly SweepFinding[];
  /** Null where it is none. */
  readonly sweep: SweepDocument | null;
  /** Seeds that were held against what they should be. */
  readonly seeds: number;
}

/**
 * Checks the public file of a sweep with nothing but itself (docs/sweeps.md): that its seeds follow from a preimage of a head that
 * was published before, and from nothing else. Never throws, whatever it is given.
 *
 * What it can't know: whether the head really was published when it says so (`known.head`), whether beacon values are those of
 * their source, whether the times were as the verifiers say.
 *
 * @param document as parsed from JSON
 * @param known `head`: of the chain, known from elsewhere, 64 hexadecimal digits
 */
export function verifySweep(document: unknown, known: { readonly head?: string } = {}): VerifiedSweep {
  if (!schema.Check(document)) {
    const [first] = schema.Errors(document);
    const detail = `${first?.instancePath ?? ''} ${first?.message ?? 'another form'}`.trim();
    return { ok: false, findings: [{ code: 'sweep.not-a-sweep', detail }], sweep: null, seeds: 0 };
  }
  const seeds = checkSeeds(document);
  const findings = [
    ...checkChain(document, known.head),
    ...checkDraw(document),
    ...seeds.findings,
    ...checkSpread(document),
    ...checkCount(document),
  ];
  return { ok: findings.length === 0, findings, sweep: document, seeds: seeds.checked };
}

/** Preimages that several sweeps have in common: each may be used once. Those that are no sweeps are left out. */
export function findReuse(documents: readonly unknown[]): SweepFinding[] {
  const first = new Map<string, string>();
  return documents.flatMap((document) => {
    if (!schema.Check(document)) return [];
    const { preimage, sweep } = document;
    const other = first.get(preimage) ?? sweep;
    first.set(preimage, other);
    return other === sweep
      ? []
      : [{ code: 'sweep.preimage-used-twice' as const, detail: `${other} and ${sweep}` }];
  });
}

function checkChain(
  { preimage, index, head, length, headAt, startedAt }: SweepDocument,
  known: string | undefined,
): SweepFinding[] {
  const findings: SweepFinding[] = [];
  if (known !== undefined && known !== head)
    findings.push({ code: 'sweep.other-head', detail: `${head}, and ${known} is known` });
  if (headAt > startedAt)
    findings.push({ code: 'sweep.head-late', detail: `${headAt - startedAt} ms after the sweep began` });
  const sound = index <= length && length <= longestChain;
  if (!sound || !isPreimage(fromHex(preimage), index, fromHex(head)))
    findings.push({ code: 'sweep.chain-broken', detail: `place ${index} of ${length}` });
  return findings;
}

function checkDraw({ sweepKind, preimage, eligible, drawn, members }: SweepDocument): SweepFinding[] {
  const asked = new Set(members.map(({ device }) => device));
  if (asked.size > drawn)
    return [{ code: 'sweep.wrong-draw', detail: `${asked.size} were asked and ${drawn} drawn` }];
  const { devices, count, hash } = eligible;
  if (devices === null) return [];
  if (devices.length !== count || eligibleHash(devices) !== hash)
    return [{ code: 'sweep.wrong-list', detail: `${devices.length} devices` }];
  const order = drawOrder(fromHex(preimage), devices);
  const expected = new Set(sweepKind === 'suspects' ? order : order.slice(0, drawn));
  const wrong = [...asked].filter((device) => !expected.has(device));
  return wrong.map((device) => ({ code: 'sweep.wrong-draw', detail: `${device} was asked and not drawn` }));
}

function checkSeeds(document: SweepDocument): { findings: SweepFinding[]; checked: number } {
  const given = document.members.flatMap((member) => seedsOf(document, member));
  const findings = given
    .filter(({ seed, expected }) => seed !== expected)
    .map(({ member, purpose }) => ({
      code: 'sweep.wrong-seed' as const,
      detail: `${purpose} of card ${member.card} of ${member.device}`,
    }));
  return { findings, checked: given.length };
}

/** Seeds of a member that the sweep gave: those of a first asking, at its instant. Whoever was asked again was so outside. */
function seedsOf({ preimage, beacons }: SweepDocument, member: SweepDocumentMember) {
  const { device, card, compute, memory } = member;
  const of = (purpose: SweepSeedPurpose, seed: string | null | undefined, beacon: SweepBeacon) => {
    if (seed === null || seed === undefined) return [];
    const inputs = { preimage: fromHex(preimage), device, beacon: beacon?.value ?? null, card, purpose };
    return [{ member, purpose, seed, expected: toHex(sweepSeed(inputs)) }];
  };
  const computed = member.computeGoMs !== null && compute?.attempts === 1;
  const walked = member.memoryGoMs !== null && memory?.attempts === 1;
  return [
    ...(computed ? of('compute', compute.seed, beacons.compute) : []),
    ...(walked ? of('table', memory.tableSeed, beacons.arm) : []),
    ...(walked ? of('walk', memory.walkSeed, beacons.memory) : []),
  ];
}

function checkSpread({ members, spread, clocks }: SweepDocument): SweepFinding[] {
  const errorMs = Math.max(0, ...clocks.map((clock) => clock.errorMs));
  const compute = spreadOf(members.flatMap(({ computeGoMs }) => computeGoMs ?? []));
  const memory = spreadOf(members.flatMap(({ memoryGoMs }) => memoryGoMs ?? []));
  return [
    ...checkPart('compute', spread.compute, compute, errorMs),
    ...checkPart('memory', spread.memory, memory, errorMs),
  ];
}

function checkPart(
  part: string,
  stated: Spread | null,
  actual: Spread | null,
  errorMs: number,
): SweepFinding[] {
  if (!sameSpread(stated, actual)) return [{ code: 'sweep.wrong-spread', detail: `of the ${part} part` }];
  if (actual === null || actual.p99Ms <= togetherMs + errorMs) return [];
  return [{ code: 'sweep.not-together', detail: `p99 of the ${part} part is ${actual.p99Ms} ms` }];
}

const sameSpread = (a: Spread | null, b: Spread | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.count === b.count &&
    a.medianMs === b.medianMs &&
    a.p99Ms === b.p99Ms &&
    a.maxMs === b.maxMs);

function checkCount({ members, proven }: SweepDocument): SweepFinding[] {
  const counted = provenTogether(members);
  return counted === proven
    ? []
    : [{ code: 'sweep.wrong-count', detail: `${proven} are stated and ${counted} follow` }];
}
