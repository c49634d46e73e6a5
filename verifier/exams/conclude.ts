import type { Clock } from '../../protocol/clock.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { Catalogue } from '../../scoring/catalogue/catalogue.js';
import type { ExamFact, NetworkFact } from '../../scoring/facts/facts.js';
import type { Hub } from '../connections/hub.js';
import { decide } from '../devices/decide.js';
import type { Devices } from '../devices/devices.js';
import { sameHardware } from '../devices/hardware.js';
import type { Recorder } from '../devices/recorder.js';
import type { HardwareBook } from '../hardware/hardware-book.js';
import { cardsApart } from './apart.js';
import type { CardRecord } from './card-exam.js';
import { bytesOf, derivedFactId } from './derived-id.js';
import { examFact, withdrawn } from './exam-fact.js';
import type { ExaminedCard } from './examined-cards.js';

export interface Conclusion {
  readonly device: string;
  readonly exam: string;
  /** What the device claimed when the exam began. */
  readonly claims: readonly CardClaim[];
  readonly cards: readonly ExaminedCard[];
  /** The sweep that it was part of; null where of none. */
  readonly sweep: string | null;
  /** Milliseconds since 1970. */
  readonly begunAt: number;
  readonly results: ReadonlyMap<number, CardRecord>;
  /** What was measured of the line meanwhile; null where nothing was. It goes on record and decides nothing. */
  readonly network: NetworkFact | null;
}

/**
 * Resolves with what is on record, when it is and the device has been told. Rejects when the journal took nothing. To be run
 * alone for the device: it reads the status, decides and writes.
 */
export type Conclude = (conclusion: Conclusion) => Promise<readonly ExamFact[]>;

export interface ConcludeOptions {
  readonly clock: Clock;
  readonly catalogue: Catalogue;
  readonly devices: Devices;
  readonly recorder: Recorder;
  readonly hub: Hub;
  /** What devices said of their hardware; nothing stands against anybody where it is absent. */
  readonly hardware?: Pick<HardwareBook, 'standing'>;
  readonly commitMs: number;
  /** One observation and one audit line for every card's exam. */
  readonly observe: (exam: ExamFact, tookMs: number) => void;
}

/** The one end of every exam: judge, decide, record, observe, tell. */
export function makeConclude(options: ConcludeOptions): Conclude {
  const { clock, catalogue, devices, recorder, hub, hardware, commitMs, observe } = options;
  return async ({ device, exam, claims, cards, sweep, begunAt, results, network }) => {
    const state = devices.get(device);
    if (state === undefined) return [];
    const at = clock.now();
    const judged = cards.flatMap(({ card, claim, cardClass, byMeasurement = false, memory }) => {
      const record = results.get(card);
      if (record === undefined) return [];
      const context = {
        id: derivedFactId(`${exam}/${card}`),
        at,
        device,
        exam,
        sweep,
        card,
        claim,
        cardClass,
        byMeasurement,
        catalogue,
        commitMs,
        walkMs: memory?.commitMs ?? null,
      };
      return [examFact(context, record)];
    });
    const passed = judged.filter(({ outcome }) => outcome === 'passed').map(({ card }) => card);
    const apart = cardsApart(
      new Map([...results].filter(([card]) => passed.includes(card))),
      clock.monotonic(),
    );
    const exams = judged.map((fact) => (apart.has(fact.card) ? withdrawn(fact) : fact));
    const history = await devices.history(device);
    // What was examined may be other cards than the device claims now. That acquits nobody, but it convicts.
    const asClaimed = sameHardware(state.enrolment.cards, claims);
    const now = { at, random: bytesOf(`${exam}/transition`) };
    const standing = hardware?.standing(device) ?? null;
    const transition = decide(state, history, exams, asClaimed, now, standing);
    await recorder.record([
      ...(network === null ? [] : [network]),
      ...exams,
      ...(transition === null ? [] : [transition]),
    ]);
    for (const fact of exams) {
      observe(fact, at - begunAt);
      const { card, outcome, reasons, checks } = fact;
      hub.send(device, { type: 'exam.verdict', exam, card, outcome, reasons, class: fact.class, checks });
    }
    return exams;
  };
}
