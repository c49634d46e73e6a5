import { limits } from '../../protocol/limits.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { CardClass, Catalogue } from '../../scoring/catalogue/catalogue.js';
import { tableBuildMs } from '../../scoring/catalogue/memory-shape.js';
import type { DeviceState } from '../devices/devices.js';
import type { ExamHistory } from '../devices/histories.js';
import { type ExaminedCard, examinedCards } from '../exams/examined-cards.js';
import type { TableOrder } from '../tables/table-orders.js';

/** As for the tables of exams: so many times what the build should take. */
const buildTimes = 3;

export interface BallastOptions {
  readonly catalogue: Catalogue;
  /** Of the usual ballast; some classes need more. */
  readonly ballastBytes: number;
  /** What a device has shown; null, or absent, where that is not known: its cards are then asked as they claim. */
  readonly historyOf?: (device: string) => ExamHistory | null;
  readonly times: { readonly examSeconds: number; readonly armMs: number };
  readonly shapeFor: (
    cardClass: CardClass,
    claim: CardClaim,
    size: { readonly bytes: number; readonly roundTripMs: number },
  ) => MemoryShape;
}

/** The cards of a device that can keep a table: they are what is leased. */
export function leasedCards(
  { catalogue, times, historyOf }: BallastOptions,
  state: DeviceState,
): ExaminedCard[] {
  const history = historyOf?.(state.device) ?? null;
  return examinedCards(catalogue, state, times, history).filter(({ memory }) => memory !== null);
}

/** The ballasts that the cards of a device shall make for a lease. @param roundTripMs of the line, milliseconds */
export function ballastOrders(
  options: BallastOptions,
  state: DeviceState,
  lease: string,
  roundTripMs: number,
): TableOrder[] {
  const { ballastBytes: bytes, times, shapeFor } = options;
  return leasedCards(options, state).map(({ card, claim, cardClass }) => {
    const shape = shapeFor(cardClass, claim, { bytes, roundTripMs });
    const buildMs = times.armMs + buildTimes * tableBuildMs(cardClass, claim, shape);
    return { card, shape, purpose: 'ballast', lease, withinMs: Math.ceil(Math.min(buildMs, limits.buildMs)) };
  });
}
