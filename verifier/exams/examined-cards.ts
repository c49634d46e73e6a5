import { limits } from '../../protocol/limits.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { CardClass, Catalogue } from '../../scoring/catalogue/catalogue.js';
import { computeShapeFor } from '../../scoring/catalogue/compute-shape.js';
import { memoryShapeFor, tableBuildMs } from '../../scoring/catalogue/memory-shape.js';
import { walkDeadlineMs } from '../../scoring/catalogue/sizing-rule.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { askedClass } from './asked-class.js';
import type { MemoryAsk, RoomCard } from './asks.js';

/** A card with the class that it is asked as, and the shapes that follow from it. */
export interface ExaminedCard extends RoomCard {
  readonly claim: CardClaim;
  readonly cardClass: CardClass;
  /** Its name is in no class: `cardClass` is the one that its last exam measured it as. */
  readonly byMeasurement?: true;
}

/** A card has this many times what building its table should take, and never longer than the protocol lets a cohort wait. */
const buildTimes = 3;
/** The table engine over the host's memory. */
const hostMemoryEngine = 'cpu';
/** A walk's commit is waited for this many deadlines, so that a slow card gets a figure, not silence. */
const walkTimes = 5;
const walkAtLeastMs = 10_000;
/** Where the class says nothing of the memory there is no deadline to count with, and no time to be judged by. */
const unjudgedWalkMs = 60_000;

/**
 * The cards of a device that some engine can examine.
 *
 * @param times.examSeconds what the compute part should take on a card of the claimed class
 * @param times.armMs time for compiling and warming up
 * @param history what the device has shown: cards of no listed name are asked as what they were measured as
 */
export function examinedCards(
  catalogue: Catalogue,
  state: DeviceState,
  times: { readonly examSeconds: number; readonly armMs: number },
  history: Pick<ExamHistory, 'latest'> | null,
): ExaminedCard[] {
  return state.enrolment.cards.flatMap((claim, card) => {
    const { engine } = claim;
    if (engine === null) return [];
    const asked = askedClass(catalogue, claim, card, history);
    if (asked === null) return [];
    const { cardClass } = asked;
    const shape = computeShapeFor(cardClass, claim, engine, times.examSeconds);
    const memory = memoryAsk(cardClass, claim, times.armMs);
    return [{ card, claim, engine, ...asked, shape, memory }];
  });
}

/** Whether a device has a card that some engine can examine. */
export const isExaminable = (catalogue: Catalogue, { enrolment }: DeviceState): boolean =>
  enrolment.cards.some((claim) => claim.engine !== null && askedClass(catalogue, claim, 0, null) !== null);

function memoryAsk(cardClass: CardClass, claim: CardClaim, armMs: number): MemoryAsk | null {
  const engine = claim.memoryEngine ?? null;
  // A table in the host's memory shows nothing of a GPU's.
  if (claim.kind === 'gpu' && engine === hostMemoryEngine) return null;
  const shape = memoryShapeFor(cardClass, claim);
  if (engine === null || shape === null) return null;
  const buildMs = buildTimes * tableBuildMs(cardClass, claim, shape);
  return {
    engine,
    shape,
    armMs: Math.ceil(Math.min(armMs + buildMs, limits.buildMs)),
    commitMs: walkMs(cardClass, shape),
  };
}

function walkMs({ memory }: CardClass, shape: MemoryShape): number {
  if (memory === null) return unjudgedWalkMs;
  return Math.ceil(Math.max(walkAtLeastMs, walkTimes * walkDeadlineMs(memory, shape)));
}

/** The longest that one of the cards has from a `go` to its commit, milliseconds. */
export const longestAnswerMs = (cards: readonly ExaminedCard[], commitMs: number): number =>
  Math.max(...cards.map(({ memory }) => Math.max(commitMs, memory?.commitMs ?? 0)));
