import { expect, it } from 'vitest';
import { ExamOutcome } from '../../protocol/status.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { deviceId, exam } from '../../scoring/testing/facts.js';
import { openLog } from '../edge/logging.js';
import { Metrics } from '../metrics.js';
import { examEnd } from './exam-end.js';

const outcomes = ExamOutcome.anyOf.map((outcome) => outcome.const);

it('gives each exam one audit line, one step and one time, however it ends', async () => {
  const zero = () => 0;
  const metrics = new Metrics({
    connectedAgents: zero,
    runningExams: zero,
    runningProbes: zero,
    waitingProofs: zero,
  });
  const lines: Record<string, unknown>[] = [];
  const ended = examEnd(
    metrics,
    openLog({ logLevel: 'info' }, { write: (line) => void lines.push(JSON.parse(line)) }),
  );
  for (const outcome of outcomes) {
    const fact: ExamFact = { ...exam(deviceId('one'), 1), outcome, reasons: ['proof.complete'] };
    ended({ ...fact, elapsedMs: outcome === 'passed' ? 2_000 : null }, 5_000);
  }
  const text = await metrics.registry.metrics();
  for (const outcome of outcomes) {
    expect(lines.filter((line) => line.audit === 'exam' && line.outcome === outcome)).toHaveLength(1);
    expect(text).toContain(`touchstone_exams_total{outcome="${outcome}",reason="proof.complete"} 1`);
    expect(text).toContain(`touchstone_exam_whole_seconds_count{outcome="${outcome}"} 1`);
  }
  expect(lines).toHaveLength(outcomes.length);
});
