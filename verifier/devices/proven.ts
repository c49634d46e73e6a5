import type { CardClaim } from '../../protocol/messages/cards.js';
import { type Catalogue, classById } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { ProbeFact } from '../../scoring/facts/timelock.js';
import type { DisputedCard } from '../disputes/disputes-port.js';
import type { DeviceState } from './devices.js';
import { sameHardware } from './hardware.js';
import type { ExamHistory } from './histories.js';

/** A proof is good for a day: eligibility asks for a pass in the last 24 hours. */
const goodForMs = 24 * 3600_000;
/** A leased card can't be examined: its probes stand in for the exam, each for so long. */
const probeGoodForMs = 3600_000;

/** Of the cards of a device: how the last probe went, and when, milliseconds since 1970. */
export type LastProbes = ReadonlyMap<number, Pick<ProbeFact, 'at' | 'outcome'>>;

/** The last probe of each card that counts. What we spoiled says nothing. @param probes oldest first */
export const lastProbes = (probes: readonly ProbeFact[]): LastProbes =>
  new Map(probes.filter(({ outcome }) => outcome !== 'ours').map((probe) => [probe.card, probe]));

/** The last exam that judged this very card: one of another card under the same number proves nothing about it. */
export function judgedExam(history: ExamHistory, claim: CardClaim, card: number): ExamFact | null {
  const exam = history.judged.get(card);
  return exam !== undefined && sameHardware([exam.claim], [claim]) ? exam : null;
}

/**
 * Whether a card may earn at present: its device is verified, its class can earn, and it passed within a day, in the
 * device's newest judged exam. The last keeps cards from taking turns: those that earn together have passed together. A GPU
 * has shown its memory in it: exams of before there was a memory part confirmed classes without.
 *
 * While it is leased no exam can come. Its pass stays good as long as the last probe of each card was passed within an hour.
 *
 * @param leased the last probes of a device whose lease is active; null or absent else
 * @param disputes cards whose id another device claims too: one that is held earns nothing until that is settled
 * @param now milliseconds since 1970
 */
export function isEligible(
  {
    state,
    history,
    catalogue,
    leased = null,
    disputes = [],
  }: {
    state: DeviceState;
    history: ExamHistory;
    catalogue: Catalogue;
    leased?: LastProbes | null;
    disputes?: readonly Pick<DisputedCard, 'card' | 'held'>[];
  },
  card: number,
  now: number,
): boolean {
  const claim = state.enrolment.cards[card];
  const exam = claim === undefined ? null : judgedExam(history, claim, card);
  if (exam === null || exam.class === null || state.status !== 'verified') return false;
  if (claim?.kind === 'gpu' && exam.memory == null) return false;
  if (disputes.some((one) => one.card === card && one.held)) return false;
  const newest = [...history.judged.values()].reduce((last, one) => (one.at > last.at ? one : last), exam);
  const canEarn = classById(catalogue, exam.class)?.eligible ?? false;
  if (!canEarn || exam.exam !== newest.exam) return false;
  return now - exam.at < goodForMs || (leased !== null && isThere(leased, card, now));
}

/** All of them: cards of one device that earn together have to be there together. */
const isThere = (probes: LastProbes, card: number, now: number): boolean =>
  probes.has(card) &&
  [...probes.values()].every(({ outcome, at }) => outcome === 'passed' && now - at <= probeGoodForMs);
