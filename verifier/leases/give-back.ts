import type { Code } from '../../protocol/codes/table.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { sameHardware } from '../devices/hardware.js';
import { type EndExamParts, examineAtEnd } from './end-exam.js';
import type { Lease } from './lease.js';

export interface GiveBackParts extends EndExamParts {
  /** One exam of a device, all cards', from the record. */
  readonly examOf: (device: string, exam: string) => Promise<readonly ExamFact[]>;
}

export interface GiveBack {
  readonly cause: 'returned' | 'return-unproven';
  /** Null where there was none. */
  readonly exam: string | null;
  readonly reasons: readonly Code[];
}

/**
 * The joint exam at the end of a lease; it also makes the cards' whole tables again. Cards that are not those of the
 * hand-over show nothing about them.
 *
 * @throws the signal's reason; the record's errors
 */
export async function giveBack(parts: GiveBackParts, lease: Lease, signal: AbortSignal): Promise<GiveBack> {
  const { device, handOverExam } = lease;
  const handedOver = handOverExam === null ? [] : await parts.examOf(device, handOverExam);
  const { outcome, facts } = await examineAtEnd(parts, device, signal);
  const exam = facts[0]?.exam ?? null;
  const whole = outcome === 'passed' && handedOver.every((fact) => facts.some((one) => sameCard(one, fact)));
  return whole
    ? { cause: 'returned', exam, reasons: ['lease.returned'] }
    : { cause: 'return-unproven', exam, reasons: ['lease.return-unproven'] };
}

/** Whether two exams were about the same card: its number alone says little. */
export const sameCard = (a: Pick<ExamFact, 'card' | 'claim'>, b: Pick<ExamFact, 'card' | 'claim'>): boolean =>
  a.card === b.card && sameHardware([a.claim], [b.claim]);
