import { codeTable, isCode } from '../../protocol/codes/table.js';
import type { SupplierEvent } from '../connection/events.js';
import { checksTable } from './checks-table.js';
import type { Display } from './display.js';

/**
 * Tells a person what a supplier's events mean.
 *
 * @param cardNames what each card is called, by index
 * @returns takes one event after the other
 */
export function narrate(display: Display, cardNames: readonly string[]): (event: SupplierEvent) => void {
  const name = (card: number): string => `card ${card} (${cardNames[card] ?? 'unknown'})`;
  /** Share done of each card that computes at present. */
  const running = new Map<number, number>();
  const showProgress = (): void => {
    const shares = [...running];
    const mean = shares.reduce((sum, [, share]) => sum + share, 0) / Math.max(1, shares.length);
    const each = shares.map(([card, share]) => `card ${card} ${Math.round(share * 100)} %`);
    display.progress(mean, `Exam: ${each.join(' · ')}`);
  };
  const stopped = (card: number, text: string): void => {
    running.delete(card);
    if (running.size === 0) display.progressEnd(text);
    else display.info(text);
  };

  return (event) => {
    switch (event.type) {
      case 'connection.enrolled':
        return display.success(`Enrolled as ${event.device}.`);
      case 'connection.open':
        return display.success('Connected.');
      case 'connection.waiting':
        return display.warn(
          `${event.message} (${event.code})${fixOf(event.code)} Next try in ${duration(event.retryInMs)}.`,
        );
      case 'connection.ignored':
        return display.warn(`Ignored a message that this version does not know: ${event.message}`);
      case 'connection.refused':
        return display.warn(`${event.title}: ${event.detail} (${event.code}) ${event.fix}`);
      case 'connection.status':
        return display.info(statusText(event));
      case 'exam.armed':
        return display.info(`Exam: ${name(event.card)} gets ready, attempt ${event.attempt}.`);
      case 'exam.ready':
        return display.info(`Exam: ${name(event.card)} is ready on ${event.engine}.`);
      case 'exam.started':
        running.set(event.card, 0);
        return showProgress();
      case 'exam.progress':
        running.set(event.card, event.share);
        return showProgress();
      case 'exam.committed':
        return stopped(event.card, `Exam: ${name(event.card)} has computed its answer.`);
      case 'exam.revealed':
        return display.info(`Exam: ${name(event.card)} has shown the pages it was asked for.`);
      case 'exam.declined':
        if (running.has(event.card)) stopped(event.card, `Exam: ${name(event.card)} stopped.`);
        return display.warn(`Exam: ${name(event.card)} could not go on: ${event.message}`);
      case 'exam.verdict': {
        const lines = [
          `${name(event.card)}: ${event.outcome}${event.class ? `, class ${event.class}` : ''}`,
          ...checksTable(event.checks),
        ];
        const text = `${lines.join('\n')}${event.checks.length === 0 ? `\n${event.reasons.join(', ')}` : ''}`;
        return event.outcome === 'passed' ? display.success(text) : display.warn(text);
      }
    }
  };
}

/** What to do about a code; nothing for one of a newer verifier. */
const fixOf = (code: string): string => (isCode(code) ? ` ${codeTable[code].fix}` : '');

function statusText(event: Extract<SupplierEvent, { type: 'connection.status' }>): string {
  const reasons = event.reasons.length > 0 ? ` (${event.reasons.join(', ')})` : '';
  const refused =
    event.status === 'quarantined' || event.status === 'suspended' || event.status === 'rejected';
  const fixes = refused ? event.reasons.map(fixOf).join('') : '';
  return `Status: ${event.status}${reasons}.${fixes}${nextText(event.nextExamInMs)}`;
}

function nextText(inMs: number | null): string {
  if (inMs === null) return '';
  return inMs === 0 ? ' An exam starts with the next cohort.' : ` Next exam within ${duration(inMs)}.`;
}

/** Such as `0.4 s`, `12 s`, `3 min`, `6 h`. */
export function duration(ms: number): string {
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}
