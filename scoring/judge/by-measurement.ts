import type { Code } from '../../protocol/codes/table.js';
import { classByMeasurement, type Measured } from '../catalogue/by-measurement.js';
import { type CardClass, type Catalogue, unlistedId } from '../catalogue/catalogue.js';
import type { CardVerdict, PartVerdict } from './card.js';
import { named } from './check.js';

/** What says only that a card is not of the class that it was asked as. */
const slow: readonly Code[] = ['rate.below-class', 'bandwidth.below-class'];

/**
 * A part of the exam of a card that is asked as a class which it never claimed: that it is too slow for it is no failure, and
 * supports no class. All else is as ever: a wrong proof, a late one, silence.
 */
export function withoutBlame<V extends PartVerdict>(verdict: V): V {
  if (verdict.outcome !== 'failed' || !verdict.reasons.every((reason) => slow.includes(reason)))
    return verdict;
  const checks = verdict.checks.map((check) =>
    check.verdict === 'fail'
      ? { ...check, verdict: 'not judged' as const, ...named('class.unlisted') }
      : check,
  );
  return {
    ...verdict,
    outcome: 'passed',
    reasons: ['exam.passed', 'class.unlisted'],
    class: unlistedId,
    checks,
  };
}

/** The verdict on such a card, which says that its class is by measurement where both parts support it. */
export function confirmedByMeasurement(verdict: CardVerdict, asked: Pick<CardClass, 'id'>): CardVerdict {
  if (verdict.outcome !== 'passed' || verdict.class !== asked.id) return verdict;
  return { ...verdict, reasons: [...verdict.reasons, 'class.by-measurement'] };
}

/** After these a card may not be able to take the exam of the class at all. */
const unable: readonly string[] = ['exam.not-ready', 'exam.declined'];

/** An exam of a card of no listed name. */
export interface UnlistedExam {
  readonly verdict: Pick<CardVerdict, 'outcome' | 'reasons' | 'class'>;
  /** The class that it was asked as; null where as what it is: unlisted. */
  readonly asked: Pick<CardClass, 'id'> | null;
  /** What it has shown; null where it has not shown both its rate and its memory. */
  readonly measured: Measured | null;
}

/**
 * The class as which such a card is asked next; null for what it is: unlisted. Asked as no class it is measured, and asked as
 * what it measured next. A class that it keeps it is asked as again; one that it has missed it is not, but measured anew. What a
 * broken line ended, or we, changes nothing.
 */
export function measuredAs(catalogue: Catalogue, { verdict, asked, measured }: UnlistedExam): string | null {
  const { outcome, reasons } = verdict;
  if (asked === null) {
    if (outcome !== 'passed' || measured === null) return null;
    return classByMeasurement(catalogue, measured)?.id ?? null;
  }
  switch (outcome) {
    case 'passed':
      return verdict.class === asked.id ? asked.id : null;
    case 'failed':
      return null;
    case 'unanswered':
      return reasons.some((reason) => unable.includes(reason)) ? null : asked.id;
    case 'ours':
      return asked.id;
  }
}
