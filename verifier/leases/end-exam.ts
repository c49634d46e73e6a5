import type { Clock } from '../../protocol/clock.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { Hub } from '../connections/hub.js';
import type { Examiner } from '../exams/examiner.js';
import { pause, within } from './waiting.js';

/** Longest that an exam of an end may take, on a line that lives. */
const longestMs = 2 * 3600_000;
const lookAgainMs = 60_000;
/** Between two exams where the first one said nothing. */
const pauseMs = 15_000;
/** Exams that a device may leave unanswered. Those that are ours are asked again as long as there is time. */
const unansweredExams = 3;

export interface EndExamParts {
  readonly examiner: Pick<Examiner, 'examineNow' | 'examining'>;
  readonly hub: Pick<Hub, 'get'>;
  readonly clock: Clock;
  /** An exam of an end is waited for so long, milliseconds; longer only while it runs on a line that lives. */
  readonly endExamMs: number;
}

/** How the joint exam at one end of a lease went. */
export interface EndExam {
  /** `none`: it did not come about, or said nothing about some card. */
  readonly outcome: 'passed' | 'failed' | 'none';
  /** Of the last exam, all cards'; empty where there was none. */
  readonly facts: readonly ExamFact[];
}

/**
 * Has a device examined at an end of a lease: at once, or when it comes back in time.
 * @throws the signal's reason
 */
export async function examineAtEnd(
  { examiner, hub, clock, endExamMs }: EndExamParts,
  device: string,
  signal: AbortSignal,
): Promise<EndExam> {
  const begun = clock.monotonic();
  const elapsedMs = () => clock.monotonic() - begun;
  /** Zero where it is not waited for any more. */
  const restMs = () => {
    const rest = endExamMs - elapsedMs();
    if (rest > 0) return rest;
    const runs = examiner.examining(device) && hub.get(device) !== undefined;
    return runs && elapsedMs() < longestMs ? lookAgainMs : 0;
  };
  let unanswered = 0;
  let facts: readonly ExamFact[] = [];
  while (restMs() > 0) {
    const asked = examiner.examineNow(device);
    let answer: readonly ExamFact[] | null | 'late' = 'late';
    while (answer === 'late' && restMs() > 0) answer = await within(asked, restMs(), signal);
    if (answer === 'late') break;
    if (answer !== null) {
      facts = answer;
      const outcome = outcomeOf(facts);
      if (outcome !== 'none') return { outcome, facts };
      if (facts.some((fact) => fact.outcome === 'unanswered')) unanswered += 1;
      if (unanswered >= unansweredExams) break;
    }
    await pause(pauseMs, signal);
  }
  return { outcome: 'none', facts };
}

function outcomeOf(facts: readonly ExamFact[]): EndExam['outcome'] {
  if (facts.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return facts.length > 0 && facts.every(({ outcome }) => outcome === 'passed') ? 'passed' : 'none';
}
