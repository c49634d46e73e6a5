import type { Code } from '../../protocol/codes/table.js';
import type { DisputeState } from '../../scoring/facts/hardware.js';

// What joint exams say about devices that claim one GPU. Pure: the same claimants and trials give the same judgement, in whatever
// order and however often they are told.

/** A claim as it stands now. Times are milliseconds since 1970. */
export interface Claim {
  readonly device: string;
  readonly card: number;
  /** Since when it shows the id without a break. */
  readonly since: number;
  /** When it last showed that it is there: by an exam that it passed, or by a lease that runs. */
  readonly shownAt: number;
  /** When a person last cleared the device: what joint exams had shown before counts no more. */
  readonly clearedAt: number | null;
  /** Verified or suspended, so it has passed with the cards that it claims: it can be asked, and has something to lose. */
  readonly standing: boolean;
  /** Whether its line is up now. */
  readonly present: boolean;
  readonly wallet: string | null;
}

/** How one claimant did in a sweep that it was asked in. */
export interface Answer {
  readonly device: string;
  /** It was let go with the others in the first part, and has answered what it was asked then: by that it can be judged. */
  readonly went: boolean;
  /** It was let go with the others in both parts, and passed both at the first asking. */
  readonly passed: boolean;
}

/** A sweep in which claimants were asked. Whose exam ended by our fault, or is not over, is not among them. */
export interface Trial {
  readonly sweep: string;
  /** When it began. */
  readonly at: number;
  /** All devices of the sweep. */
  readonly devices: number;
  readonly answers: readonly Answer[];
}

export interface Judgement {
  readonly state: DisputeState;
  /** Who has the id; null while that is open. */
  readonly keeper: string | null;
  /** Whose card earns nothing for now. Losers are not among them. */
  readonly held: readonly string[];
  readonly losers: readonly string[];
  readonly reasons: readonly Code[];
}

/** Joint exams in which two never both passed, before one of them is condemned or they are no longer known to be two cards. */
export const enoughTrials = 3;
/** Misses in a row, over at least the time in which a claim lapses, after which one comes last. */
const enoughMisses = 2 * enoughTrials;
/** In a sweep of at most so many devices nobody is left behind for being the last to get ready: `isStraggling` of sweeps. */
export const smallSweep = 9;

/**
 * Nobody is condemned by a claim alone, nor for being away, nor for a line that broke: whoever knows that a joint exam has begun can
 * break another's line.
 *
 * - *order*: the older claim comes before the younger. The first keeps what it has.
 * - *distinct*: two that passed at the same instant are two cards. That settles it between them, until three joint exams in a row of
 *   which one passed and the other did not, whyever. Then it is asked anew, and the later one is held.
 * - *lost*: in three joint exams since then that both answered they never both passed, and the later one passed none of them,
 *   or failed three that the earlier one passed. The first of the order never loses by this.
 * - *missed*: for as long as a claim lapses in, and at least six times in a row, asked without passing while another claimant passed.
 *   A place that can't be shown beside another lapses as one that isn't shown at all: it comes last, until it passes.
 * - *held*: who is not known to be distinct from all before it. So silence pays nobody: of one chip with two names one is held, whichever
 *   of them is silent. Who has come last by its misses is held only while somebody before it is there: else who went away could not
 *   be answered.
 */
export function judge(
  claims: readonly Claim[],
  told: readonly Trial[],
  { now, lapseMs }: { readonly now: number; readonly lapseMs: number },
): Judgement {
  const trials = inOrder(told);
  const live = claims.filter((claim) => now - Math.max(claim.shownAt, claim.since) < lapseMs);
  const standing = live.filter((claim) => claim.standing).sort(byContinuity);
  const losers: string[] = [];
  for (const claim of live.toSorted(byContinuity))
    if (earlierThan(claim, standing, losers).some((earlier) => hasLost(claim, earlier, trials)))
      losers.push(claim.device);

  const isLate = (claim: Claim): boolean => hasMissed(claim, standing, trials, lapseMs);
  const remaining = standing.filter(({ device }) => !losers.includes(device));
  const ranked = [...remaining.filter((claim) => !isLate(claim)), ...remaining.filter(isLate)];
  const [keeper, ...others] = ranked;
  if (keeper === undefined || others.length + losers.length === 0)
    return {
      state: 'lapsed',
      keeper: keeper?.device ?? null,
      held: [],
      losers: [],
      reasons: ['dispute.lapsed'],
    };

  const open = others.filter(
    (claim, place) => isLate(claim) || !isApart(claim, ranked.slice(0, place + 1), trials),
  );
  const held = open.filter((claim) => {
    const ahead = ranked.slice(0, ranked.indexOf(claim));
    const theirs = claim.wallet !== null && ahead.every(({ wallet }) => wallet === claim.wallet);
    // A card that an owner moved from one machine to another earns in one of them at a time.
    return !(claim === standing[0] || theirs) || ahead.some(({ present }) => present);
  });
  const state = open.length > 0 ? 'open' : losers.length > 0 ? 'shared' : 'distinct';
  return {
    state,
    keeper: state === 'open' ? null : keeper.device,
    held: held.map(({ device }) => device),
    losers,
    reasons: [reasonOf[state]],
  };
}

const reasonOf = {
  open: 'dispute.open',
  distinct: 'dispute.distinct',
  shared: 'dispute.never-together',
} as const;

/** What counts of two claimants: what began after both had begun to claim, and after a person cleared one of them. */
const countsFrom = (...claims: readonly Claim[]): number =>
  Math.max(...claims.map(({ since, clearedAt }) => Math.max(since, clearedAt ?? 0)));

const byContinuity = (a: Claim, b: Claim): number => a.since - b.since || (a.device < b.device ? -1 : 1);

/** Those who stand before a claim and have not lost themselves; nobody for the first. */
const earlierThan = (claim: Claim, standing: readonly Claim[], losers: readonly string[]): Claim[] =>
  standing.filter((other) => byContinuity(other, claim) < 0 && !losers.includes(other.device));

/** Each sweep once, oldest first. */
function inOrder(told: readonly Trial[]): Trial[] {
  const once = new Map(told.map((trial) => [trial.sweep, trial]));
  return [...once.values()].sort((a, b) => a.at - b.at || (a.sweep < b.sweep ? -1 : 1));
}

/** How two did in the trials in which both were let go together, oldest first. */
function together(
  a: Claim,
  b: Claim,
  trials: readonly Trial[],
): { readonly a: boolean; readonly b: boolean }[] {
  return trials.flatMap(({ at, answers }) => {
    if (at <= countsFrom(a, b)) return [];
    const [ofA, ofB] = [a, b].map(({ device }) =>
      answers.find((answer) => answer.device === device && answer.went),
    );
    return ofA === undefined || ofB === undefined ? [] : [{ a: ofA.passed, b: ofB.passed }];
  });
}

function areDistinct(a: Claim, b: Claim, trials: readonly Trial[]): boolean {
  let misses = 0;
  for (const { at, devices, answers } of trials.toReversed()) {
    if (at <= countsFrom(a, b)) continue;
    const both = answers.filter(({ device }) => device === a.device || device === b.device);
    if (both.length < 2) continue;
    if (both.every(({ passed }) => passed)) return true;
    if (both.some(({ passed }) => passed) && !both.some((one) => isExcused(one, devices))) misses += 1;
    if (misses >= enoughTrials) return false;
  }
  return false;
}

/** In a crowd the last to get ready is left behind: that may have been the crowd's doing. */
const isExcused = ({ went, passed }: Answer, devices: number): boolean =>
  !passed && !went && devices > smallSweep;

const isApart = (claim: Claim, ahead: readonly Claim[], trials: readonly Trial[]): boolean =>
  ahead.every((other) => areDistinct(claim, other, trials));

function hasLost(later: Claim, earlier: Claim, trials: readonly Trial[]): boolean {
  const joint = together(later, earlier, trials);
  const since = joint.slice(1 + joint.findLastIndex((trial) => trial.a && trial.b));
  if (since.length < enoughTrials) return false;
  const [ofLater, ofEarlier] = [since.filter(({ a }) => a).length, since.filter(({ b }) => b).length];
  return ofLater === 0 || ofEarlier >= enoughTrials;
}

function hasMissed(
  claim: Claim,
  standing: readonly Claim[],
  trials: readonly Trial[],
  lapseMs: number,
): boolean {
  const others = new Set(standing.filter((other) => other !== claim).map(({ device }) => device));
  const misses: number[] = [];
  for (const { at, devices, answers } of trials.toReversed()) {
    const own = answers.find(({ device }) => device === claim.device);
    if (own === undefined || at <= countsFrom(claim)) continue;
    if (own.passed) break;
    if (!isExcused(own, devices) && answers.some(({ device, passed }) => passed && others.has(device)))
      misses.push(at);
  }
  const [last = 0, first = last] = [misses[0], misses.at(-1)];
  return misses.length >= enoughMisses && last - first >= lapseMs;
}
