import type { ExamPart } from '../../protocol/messages/exam.js';
import type { Check, ExamOutcome } from '../../protocol/status.js';

interface Of {
  readonly exam: string;
  readonly card: number;
}

interface OfPart extends Of {
  readonly part: ExamPart;
}

/** What happens to a card in an exam, for whoever shows or logs it. Times are on the agent's own clock. */
export type ExamEvent =
  | (OfPart & { readonly type: 'exam.armed'; readonly attempt: number })
  /** Part `memory`: so much of the table is made. */
  | (OfPart & { readonly type: 'exam.building'; readonly share: number })
  | (OfPart & { readonly type: 'exam.ready'; readonly engine: string })
  /** It computes, or walks. */
  | (OfPart & { readonly type: 'exam.started' })
  | (OfPart & { readonly type: 'exam.progress'; readonly share: number })
  | (OfPart & { readonly type: 'exam.committed' })
  | (OfPart & { readonly type: 'exam.revealed' })
  | (OfPart & {
      readonly type: 'exam.declined';
      readonly message: string;
      /** Of the engine's error; null where it had none. */
      readonly code: string | null;
    })
  | (Of & {
      readonly type: 'exam.verdict';
      readonly outcome: ExamOutcome;
      readonly class: string | null;
      readonly reasons: readonly string[];
      readonly checks: readonly Check[];
    });
