import type { ExamFact, NetworkFact } from '../../scoring/facts/facts.js';
import type { CardExam, CardRecord } from './card-exam.js';
import type { ExaminerOptions } from './examiner-options.js';
import { ExamRoom } from './room.js';
import type { ExamSubject } from './saved-rooms.js';
import { randomSeeds, type SeedSource } from './seeds.js';

/** A line is measured once a day; an hour is left for the next exam to come. */
const networkEveryMs = 23 * 3600_000;

export type RoomParts = Pick<
  ExaminerOptions,
  | 'clock'
  | 'random'
  | 'draw'
  | 'check'
  | 'times'
  | 'hub'
  | 'lagBetween'
  | 'log'
  | 'devices'
  | 'measureNetwork'
>;

/** An exam that begins, or goes on. */
export interface RoomBegin extends ExamSubject {
  /** How its cards stand; none where it begins. */
  readonly exams?: ReadonlyMap<number, CardExam>;
  /** Random ones where none are given. */
  readonly seeds?: SeedSource;
}

export interface RoomCalls {
  readonly moved: (room: ExamRoom) => void;
  readonly stepped: (card: number, exam: CardExam) => void;
  readonly kept: (card: number) => Promise<unknown> | null;
  /** @param network what was measured of the line meanwhile; null where nothing was */
  readonly finished: (
    room: ExamRoom,
    results: ReadonlyMap<number, CardRecord>,
    network: NetworkFact | null,
  ) => void;
}

/** The room of one device over the connections, the proof workers and the measurement of its line. */
export function makeRoom(parts: RoomParts, device: string, begin: RoomBegin, calls: RoomCalls): ExamRoom {
  const { clock, random, draw, check, times, hub, lagBetween, log } = parts;
  const { exam, cards, exams, seeds = randomSeeds(random) } = begin;
  let network: NetworkFact | null = null;
  const room: ExamRoom = new ExamRoom({
    exam,
    cards,
    times,
    clock,
    seeds,
    draw,
    check: (commitment, reveals) => check(commitment, reveals, device),
    ...(exams !== undefined && { saved: exams }),
    seen: (from, to) => ({
      roundTripMs: hub.get(device)?.roundTripMs ?? null,
      lagMs: lagBetween(from, to),
    }),
    prepare: (message) => hub.prepare(device, message),
    measureLine: async () => {
      network = await measureNetwork(parts, device, exam);
    },
    moved: () => calls.moved(room),
    stepped: calls.stepped,
    kept: calls.kept,
    uncheckable: (error) =>
      log.error({ err: error, device }, 'a proof could not be checked: the exam is ours'),
    finished: (results) => calls.finished(room, results, network),
  });
  return room;
}

/** Null where the line was measured within a day, and where it can't be now: then with the next exam. */
async function measureNetwork(
  { devices, clock, measureNetwork: measure, log }: RoomParts,
  device: string,
  exam: string,
): Promise<NetworkFact | null> {
  try {
    const { network } = await devices.history(device);
    if (network !== null && clock.now() - network.at < networkEveryMs) return null;
    return await measure(device, exam);
  } catch (error) {
    log.error({ err: error, device }, 'a line could not be measured');
    return null;
  }
}

/** Whether an exam is on record already, whoever recorded it. */
export const isConcluded = (latest: ReadonlyMap<number, ExamFact>, exam: string): boolean =>
  [...latest.values()].some((fact) => fact.exam === exam);
