import type { Logger } from 'pino';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { Metrics } from '../metrics.js';

/** Told of the end of each card's exam, once: whoever passed, failed, was silent, or was hit by a fault of ours. */
export type ExamEnd = (exam: ExamFact, tookMs: number | null) => void;

/**
 * One audit line and one observation of each figure for each card's exam, whatever its end. Nothing else counts exams, so the
 * sum over all outcomes is the number of facts on record.
 */
export function examEnd(metrics: Pick<Metrics, 'examined'>, log: Pick<Logger, 'info'>): ExamEnd {
  return (fact, tookMs) => {
    metrics.examined(fact, tookMs);
    const { id, exam, device, card, outcome, reasons, gflops, memory, attempts, sweep = null } = fact;
    const { bandwidthGBps = null } = memory ?? {};
    log.info(
      {
        audit: 'exam',
        fact: id,
        exam,
        device,
        card,
        outcome,
        reasons,
        attempts,
        gflops,
        bandwidthGBps,
        sweep,
        tookMs,
      },
      'exam finished',
    );
  };
}
