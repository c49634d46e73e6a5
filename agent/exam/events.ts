import type { Check, ExamOutcome } from '../../protocol/status.js';

/** What happens to a card in an exam, for whoever shows or logs it. Times are on the agent's own clock. */
export type ExamEvent =
  | { readonly type: 'exam.armed'; readonly exam: string; readonly card: number; readonly attempt: number }
  | { readonly type: 'exam.ready'; readonly exam: string; readonly card: number; readonly engine: string }
  | { readonly type: 'exam.started'; readonly exam: string; readonly card: number }
  | { readonly type: 'exam.progress'; readonly exam: string; readonly card: number; readonly share: number }
  | { readonly type: 'exam.committed'; readonly exam: string; readonly card: number }
  | { readonly type: 'exam.revealed'; readonly exam: string; readonly card: number }
  | {
      readonly type: 'exam.declined';
      readonly exam: string;
      readonly card: number;
      readonly message: string;
    }
  | {
      readonly type: 'exam.verdict';
      readonly exam: string;
      readonly card: number;
      readonly outcome: ExamOutcome;
      readonly class: string | null;
      readonly reasons: readonly string[];
      readonly checks: readonly Check[];
    };
