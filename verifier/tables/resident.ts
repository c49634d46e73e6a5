import type { TablePurpose } from '../../protocol/messages/table.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { TableFact } from '../../scoring/facts/timelock.js';
import type { ExamHistory } from '../devices/histories.js';

/** A table that a card keeps, and can be asked to walk on at any time. */
export interface Resident {
  readonly card: number;
  /** 64 hexadecimal digits: by them the table is known. */
  readonly tableSeed: string;
  readonly shape: MemoryShape;
  readonly purpose: TablePurpose;
  readonly engine: string;
  /** Since when, milliseconds since 1970. */
  readonly since: number;
  /** Of the card's last proven walk in an exam, 10^9 bytes a second. */
  readonly bandwidthGBps: number | null;
}

/** The table that a card keeps after an exam: the one that it walked on, where it passed; null else. */
export function residentOfExam(fact: ExamFact): Resident | null {
  const { outcome, memory, card, at } = fact;
  if (outcome !== 'passed' || memory == null || memory.tableSeed === null || memory.engine === null)
    return null;
  const { tableSeed, shape, engine, bandwidthGBps } = memory;
  return { card, tableSeed, shape, purpose: 'whole', engine, since: at, bandwidthGBps };
}

/** The table that was made outside an exam. @param bandwidthGBps of the card's last proven walk */
export function residentOfTable(fact: TableFact, bandwidthGBps: number | null): Resident {
  const { card, tableSeed, shape, purpose, engine, at: since } = fact;
  return { card, tableSeed, shape, purpose, engine, since, bandwidthGBps };
}

/**
 * What the cards of a device keep by the record: of the cards of its last exam the table of that exam, or the one that was
 * ordered since. Whether the cards still have them the record can't say.
 *
 * @param tables the newest of each card that were made outside exams
 */
export function residentsOnRecord(history: ExamHistory, tables: readonly TableFact[]): Resident[] {
  const exams = [...history.latest.values()];
  const newest = exams.reduce<ExamFact | null>(
    (last, fact) => (last === null || fact.at > last.at ? fact : last),
    null,
  );
  // Each exam is about all cards that the device had: one that is not in the last has gone, or has no engine any more.
  return exams
    .filter(({ exam }) => exam === newest?.exam)
    .flatMap((exam) => {
      const table = tables.find(({ card }) => card === exam.card);
      if (table === undefined || table.at < exam.at) return residentOfExam(exam) ?? [];
      return residentOfTable(table, provenBandwidth(history, exam.card));
    });
}

/** Of the last exam that judged the card. */
export function provenBandwidth(history: ExamHistory, card: number): number | null {
  return history.judged.get(card)?.memory?.bandwidthGBps ?? null;
}
