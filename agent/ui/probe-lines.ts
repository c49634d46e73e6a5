import type { Clock } from '../../protocol/clock.js';
import type { ProbeVerdict } from '../../protocol/messages/probe.js';
import type { TablePurpose } from '../../protocol/messages/table.js';
import type { ProbeOutcome } from '../../protocol/status.js';
import type { ProbeEvent } from '../probes/events.js';
import type { Display } from './display.js';
import { duration, fixOf, size, titleOf } from './words.js';

/** Probes come every few minutes for months: those that passed are told together. */
const summaryMs = 6 * 3600_000;

const ordered = (purpose: TablePurpose, bytes: string): string =>
  purpose === 'ballast'
    ? `is leased: it makes a ballast table of ${bytes}, and the rest of its memory is the tenant's.`
    : `makes its table of ${bytes} anew: the last one was lost.`;

/** Tells a person of probes, and of the tables that they walk on. */
export class ProbeLines {
  readonly #display: Display;
  readonly #name: (card: number) => string;
  readonly #clock: Clock;
  #since: number | null = null;
  #counts: Record<ProbeOutcome, number> = { passed: 0, failed: 0, unanswered: 0, ours: 0 };

  /** @param clock its monotonic time alone is read */
  constructor(display: Display, name: (card: number) => string, clock: Clock) {
    this.#display = display;
    this.#name = name;
    this.#clock = clock;
  }

  tell(event: ProbeEvent): void {
    const name = this.#name(event.card);
    switch (event.type) {
      case 'table.ordered':
        return this.#display.info(`${name} ${ordered(event.purpose, size(event.bytes))}`);
      case 'table.kept':
        return this.#display.info(`${name} keeps its table: probes will walk on it until the next exam.`);
      case 'table.declined':
        return this.#display.warn(
          `${name} could not make its table: ${event.message}${fixOf(event.code ?? '')}`,
        );
      case 'table.lost':
        return this.#display.warn(`${name} has lost its table: ${event.message}${fixOf(event.code ?? '')}`);
      case 'table.dropped':
        return this.#display.info(`${name} has the memory of its table free again.`);
      case 'probe.verdict':
        this.#tellVerdict(name, event);
        return this.#count(event.outcome);
    }
  }

  #tellVerdict(name: string, { outcome, code, elapsedMs, deadlineMs }: ProbeVerdict): void {
    // What is our own fault, or passed, is in the summary.
    if (outcome === 'passed' || outcome === 'ours') return;
    const time =
      elapsedMs === null
        ? ''
        : ` It took ${Math.round(elapsedMs)} ms, allowed are ${Math.round(deadlineMs)} ms.`;
    const text = `${name}: probe ${outcome}. ${titleOf(code)}.${time}${fixOf(code)}`;
    if (outcome === 'failed') this.#display.warn(text);
    else this.#display.info(text);
  }

  #count(outcome: ProbeOutcome): void {
    const now = this.#clock.monotonic();
    this.#since ??= now;
    this.#counts[outcome] += 1;
    if (now - this.#since < summaryMs) return;
    const { passed, failed, unanswered, ours } = this.#counts;
    const not = failed + unanswered > 0 ? `, ${failed} failed, ${unanswered} unanswered` : '';
    const fault = ours > 0 ? `, ${ours} ended by the verifier's own fault` : '';
    this.#display.info(`Probes of the last ${duration(now - this.#since)}: ${passed} passed${not}${fault}.`);
    this.#since = now;
    this.#counts = { passed: 0, failed: 0, unanswered: 0, ours: 0 };
  }
}
