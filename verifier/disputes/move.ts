import { createHash } from 'node:crypto';
import { nobody } from '../../scoring/facts/base.js';
import type { DisputeMovedFact } from '../../scoring/facts/hardware.js';
import type { SweptCard } from '../../scoring/queries/disputes.js';
import { derivedFactId } from '../exams/derived-id.js';
import type { Claim, Judgement, Trial } from './dispute.js';
import type { ClaimGroup } from './groups.js';

/** Trials that stand in a fact: the latest. All are in the record, sweep by sweep. */
const mostTrials = 50;

/** Sweeps as trials of these claims: who was asked for another card than the claimed one, or whose exam is ours, is left out. */
export function trialsOf(claims: readonly Claim[], swept: readonly SweptCard[]): Trial[] {
  const cards = new Map(claims.map(({ device, card }) => [device, card]));
  const trials = new Map<string, { -readonly [K in keyof Trial]: Trial[K] }>();
  for (const { sweep, at, devices, device, card, outcome, went, passed } of swept) {
    if (cards.get(device) !== card || outcome === 'ours') continue;
    const known = trials.get(sweep) ?? { sweep, at, devices, answers: [] };
    trials.set(sweep, { ...known, answers: [...known.answers, { device, went, passed }] });
  }
  return [...trials.values()].filter(({ answers }) => answers.length > 1);
}

/** What a fact of a dispute says, all but its id and time. */
type Said = Omit<DisputeMovedFact, 'id' | 'at'>;

/**
 * The move of a dispute, or null where nothing is other than before. Two verifiers that come to the same from the same make one
 * fact of it, by its id; it is dated after the one before, whoever's clock that was by.
 */
export function moveOf(
  { dispute, kind, hash }: Pick<ClaimGroup, 'dispute' | 'kind' | 'hash'>,
  claims: readonly Pick<Claim, 'device' | 'card' | 'since'>[],
  trials: readonly Trial[],
  { state, keeper, held, losers, reasons }: Judgement,
  before: DisputeMovedFact | null,
  now: number,
): DisputeMovedFact | null {
  const said: Said = {
    kind: 'dispute.moved',
    device: nobody,
    dispute,
    componentKind: kind,
    hash,
    state,
    claimants: claims
      .map(({ device, card, since }) => ({ device, card, since }))
      .sort((a, b) => a.since - b.since || (a.device < b.device ? -1 : 1)),
    trials: trials
      .toSorted((a, b) => a.at - b.at || (a.sweep < b.sweep ? -1 : 1))
      .slice(-mostTrials)
      .map(({ sweep, at, answers }) => ({
        sweep,
        at,
        asked: idsOf(answers),
        went: idsOf(answers.filter(({ went }) => went)),
        passed: idsOf(answers.filter(({ passed }) => passed)),
      })),
    keeper,
    held: held.toSorted(),
    losers: losers.toSorted(),
    reasons: [...reasons],
  };
  const text = textOf(said);
  if (before !== null && textOf(before) === text) return null;
  const digest = createHash('sha256').update(text).digest('hex');
  const id = derivedFactId(`${dispute}/after ${before?.id ?? 'nothing'}/${digest}`);
  return { ...said, id, at: Math.max(now, (before?.at ?? 0) + 1) };
}

const idsOf = (answers: readonly { readonly device: string }[]): string[] =>
  answers.map(({ device }) => device).sort();

const textOf = ({ state, claimants, trials, keeper, held, losers }: Said): string =>
  JSON.stringify([state, claimants, trials, keeper, held, losers]);
