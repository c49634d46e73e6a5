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
import type { Heard } from '../hardware/intake.js';

/** @throws TouchstoneError `cards.too-many` or `cards.duplicate` */
export function assertCardsPossible(cards: readonly CardClaim[]): void {
  if (cards.length > limits.cards) {
    throw new TouchstoneError(
      'cards.too-many',
      `${cards.length} cards are claimed; at most ${limits.cards} are possible.`,
    );
  }
  const ids = cards.map((card) => card.hardwareId).filter((id) => id !== undefined);
  // Not which id it is: agents of before reports say it in the clear.
  if (new Set(ids).size < ids.length)
    throw new TouchstoneError('cards.duplicate', 'Two claimed cards carry the same id.');
}

/**
 * The facts that an enrolment adds: none when nothing is new, else the enrolment, the report of its hardware and, where the cards
 * are others than before or say otherwise than before that they are slices, the new examination that follows from it.
 *
 * @param enrolment its ids as they are recorded
 * @param heard what its report says that the one before did not; null where that is nothing
 */
export function enrolmentFacts(
  enrolment: Enrolment,
  known: DeviceState | undefined,
  clock: Pick<Clock, 'now'>,
  random: RandomBytes,
  heard: Heard | null = null,
): Fact[] {
  const at = clock.now();
  const said: Fact[] = [
    ...(known !== undefined && sameEnrolment(known.enrolment, enrolment)
      ? []
      : [enrolledFact(enrolment, known, { at, random })]),
    ...(heard === null ? [] : [heard.fact]),
  ];
  if (known === undefined || !isOtherHardware(known, enrolment, heard)) return said;
  const changed = transitionFact(known, 'hardware-changed', {
    at,
    random,
    reasons: ['device.hardware-changed'],
    evidence: said.map(({ id }) => id),
  });
  return changed === null ? said : [...said, changed];
}

/**
 * Whether it is to be examined anew: it claims other cards, or its report says of them otherwise than before that they are slices.
 * Nothing else that is found in a report changes what a device is.
 */
export const isOtherHardware = (
  known: Pick<DeviceState, 'enrolment'>,
  { cards }: Pick<Enrolment, 'cards'>,
  heard: Heard | null,
): boolean => !sameHardware(known.enrolment.cards, cards) || heard?.turned === true;

function enrolledFact(
  enrolment: Enrolment,
  known: DeviceState | undefined,
  { at, random }: { readonly at: number; readonly random: RandomBytes },
): EnrolledFact {
  const { device, name, agent, cards } = enrolment;
  const wallet = walletAfter(enrolment, known);
  return {
    kind: 'device.enrolled',
    id: newFactId(random),
    at,
    device,
    name,
    agent,
    cards,
    ...(wallet !== undefined && { wallet }),
  };
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
