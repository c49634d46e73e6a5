import type { CardClaim } from '../../protocol/messages/cards.js';
import { type Catalogue, classById } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { DeviceState, ExamHistory } from './devices.js';
import { sameHardware } from './hardware.js';

/** A proof is good for a day: eligibility asks for a pass in the last 24 hours. */
const goodForMs = 24 * 3600_000;

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
 * @param now milliseconds since 1970
 */
export function isEligible(
  { state, history, catalogue }: { state: DeviceState; history: ExamHistory; catalogue: Catalogue },
  card: number,
  now: number,
): boolean {
  const claim = state.enrolment.cards[card];
  const exam = claim === undefined ? null : judgedExam(history, claim, card);
  if (exam === null || exam.class === null || state.status !== 'verified') return false;
  if (claim?.kind === 'gpu' && exam.memory == null) return false;
  const newest = [...history.judged.values()].reduce((last, one) => (one.at > last.at ? one : last), exam);
  const canEarn = classById(catalogue, exam.class)?.eligible ?? false;
  return canEarn && exam.exam === newest.exam && now - exam.at < goodForMs;
}
