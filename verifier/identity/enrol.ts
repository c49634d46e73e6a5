import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId } from '../../protocol/ids.js';
import { limits } from '../../protocol/limits.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Enrolment } from '../../protocol/messages/enrolment.js';
import type { EnrolledFact, Fact } from '../../scoring/facts/facts.js';
import type { DeviceState } from '../devices/devices.js';
import { sameHardware } from '../devices/hardware.js';
import { transitionFact } from '../devices/transition-fact.js';

/** @throws TouchstoneError `cards.too-many` or `cards.duplicate` */
export function assertCardsPossible(cards: readonly CardClaim[]): void {
  if (cards.length > limits.cards) {
    throw new TouchstoneError(
      'cards.too-many',
      `${cards.length} cards are claimed; at most ${limits.cards} are possible.`,
    );
  }
  const ids = cards.map((card) => card.hardwareId).filter((id) => id !== undefined);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined)
    throw new TouchstoneError('cards.duplicate', `Two claimed cards carry the id ${twice}.`);
}

/**
 * The facts that an enrolment adds: none when nothing is new, else the enrolment and, where the cards are others than
 * before, the new examination that follows from it.
 */
export function enrolmentFacts(
  enrolment: Enrolment,
  known: DeviceState | undefined,
  clock: Pick<Clock, 'now'>,
  random: RandomBytes,
): Fact[] {
  const { device, name, agent, cards } = enrolment;
  const wallet = walletAfter(enrolment, known);
  if (known !== undefined && sameEnrolment(known.enrolment, enrolment)) return [];
  const at = clock.now();
  const enrolled: EnrolledFact = {
    kind: 'device.enrolled',
    id: newFactId(random),
    at,
    device,
    name,
    agent,
    cards,
    ...(wallet !== undefined && { wallet }),
  };
  if (known === undefined || sameHardware(known.enrolment.cards, cards)) return [enrolled];
  const changed = transitionFact(known, 'hardware-changed', {
    at,
    random,
    reasons: ['device.hardware-changed'],
    evidence: [enrolled.id],
  });
  return changed === null ? [enrolled] : [enrolled, changed];
}

/** Whether only the agent is another than before, or nothing: what a restart or a roll-out does to every device. */
export const isSteady = (known: Pick<DeviceState, 'enrolment'>, enrolment: Enrolment): boolean =>
  sameEnrolment(known.enrolment, { ...enrolment, agent: known.enrolment.agent });

/** Who says nothing of a wallet keeps it: an agent that is started without the flag one day must not lose its reward. */
const walletAfter = ({ wallet }: Enrolment, known: Pick<DeviceState, 'enrolment'> | undefined) =>
  wallet ?? known?.enrolment.wallet;

const sameEnrolment = (known: EnrolledFact, said: Enrolment): boolean =>
  JSON.stringify([known.name, known.agent, known.cards.map(steady), known.wallet]) ===
  JSON.stringify([said.name, said.agent, said.cards.map(steady), said.wallet ?? known.wallet]);

/** A claim without what differs from start to start. */
const steady = ({ warmupGflops: _, tableGops: __, ...claim }: CardClaim) =>
  Object.entries(claim).sort(([a], [b]) => (a < b ? -1 : 1));
