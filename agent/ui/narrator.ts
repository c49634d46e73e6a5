import { type Clock, systemClock } from '../../protocol/clock.js';
import type { ExamPart } from '../../protocol/messages/exam.js';
import { isOlder, version } from '../../protocol/version.js';
import type { SupplierEvent } from '../connection/events.js';
import { checksTable } from './checks-table.js';
import type { Display } from './display.js';
import { OutageLines } from './outage-lines.js';
import { ProbeLines } from './probe-lines.js';
import { duration, fixOf } from './words.js';

/** Nothing where this one is new enough. */
function tellVersion(display: Display, oldest: string, inMs: number): void {
  if (!isOlder(version, oldest)) return;
  const when = inMs > 0 ? `in ${duration(inMs)}` : 'from now on';
  display.warn(`Update this agent: the verifier takes ${oldest} or later ${when}; this is ${version}.`);
}

/**
 * Tells a person what a supplier's events mean.
 *
 * @param cardNames what each card is called, by index
 * @param clock its monotonic time alone is read
 * @returns takes one event after the other
 */
export function narrate(
  display: Display,
  cardNames: readonly string[],
  clock: Clock = systemClock,
): (event: SupplierEvent) => void {
  const name = (card: number): string => `card ${card} (${cardNames[card] ?? 'unknown'})`;
  const probes = new ProbeLines(display, name, clock);
  const outages = new OutageLines(display, name);
  /** What each card does at present, and how much of it is done. */
  const running = new Map<number, { readonly what: string; readonly share: number }>();
  /** The last status of this connection: it is told whenever something about it may have changed. */
  let lastStatus = '';
  const showProgress = (card: number, what: string, share: number): void => {
    running.set(card, { what, share });
    const all = [...running];
    const mean = all.reduce((sum, [, { share }]) => sum + share, 0) / all.length;
    const each = all.map(([card, { what, share }]) => `card ${card}: ${what} ${Math.round(share * 100)} %`);
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
        lastStatus = '';
        return display.success('Connected.');
      case 'connection.waiting': {
        const fix = ownWork.has(event.code) ? '' : fixOf(event.code);
        return display.warn(
          `${event.message} (${event.code})${fix} Next try in ${duration(event.retryInMs)}.`,
        );
      }
      case 'connection.ignored':
        return display.warn(`Ignored a message that this version does not know: ${event.message}`);
      case 'connection.refused':
        return display.warn(`${event.title}: ${event.detail} (${event.code}) ${event.fix}`);
      case 'connection.version':
        return tellVersion(display, event.oldest, event.inMs);
      case 'connection.status': {
        const text = statusText(event);
        if (text !== lastStatus) display.info(text);
        lastStatus = text;
        return;
      }
      case 'exam.armed':
        // What an older question began is of no interest any more.
        running.delete(event.card);
        return display.info(
          `Exam: ${name(event.card)} ${words[event.part].armed}, attempt ${event.attempt}.`,
        );
      case 'exam.building':
        return showProgress(event.card, 'building the table', event.share);
      case 'exam.ready':
        return stopped(
          event.card,
          `Exam: ${name(event.card)} ${words[event.part].ready} on ${event.engine}.`,
        );
      case 'exam.started':
        return showProgress(event.card, words[event.part].working, 0);
      case 'exam.progress':
        return showProgress(event.card, words[event.part].working, event.share);
      case 'exam.committed':
        return stopped(event.card, `Exam: ${name(event.card)} ${words[event.part].committed}.`);
      case 'exam.revealed':
        return display.info(`Exam: ${name(event.card)} has shown what it was asked for.`);
      case 'exam.declined':
        if (running.has(event.card)) stopped(event.card, `Exam: ${name(event.card)} stopped.`);
        return display.warn(
          `Exam: ${name(event.card)} could not go on: ${event.message}${fixOf(event.code ?? '')}`,
        );
      case 'exam.verdict': {
        const lines = [
          `${name(event.card)}: ${event.outcome}${event.class ? `, class ${event.class}` : ''}`,
          ...checksTable(event.checks),
        ];
        const text = `${lines.join('\n')}${event.checks.length === 0 ? `\n${event.reasons.join(', ')}` : ''}`;
        return event.outcome === 'passed' ? display.success(text) : display.warn(text);
      }
      case 'table.ordered':
      case 'table.kept':
      case 'table.declined':
      case 'table.lost':
      case 'table.dropped':
      case 'probe.verdict':
        return probes.tell(event);
      default:
        return outages.tell(event);
    }
  };
}

const words: Readonly<Record<ExamPart, Record<'armed' | 'ready' | 'working' | 'committed', string>>> = {
  compute: {
    armed: 'gets ready to compute',
    ready: 'is ready to compute',
    working: 'computing',
    committed: 'has computed its answer',
  },
  memory: {
    armed: 'builds a table in its memory',
    ready: 'has built its table',
    working: 'walking on the table',
    committed: 'has walked on its table',
  },
};

/** The agent itself enrols again, or opens another session. */
const ownWork: ReadonlySet<string> = new Set(['session.invalid', 'device.unknown']);

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
