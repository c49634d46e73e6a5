import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { newFactId } from '../../protocol/ids.js';
import type { VersionNotice } from '../../protocol/messages/notice.js';
import { isOlder } from '../../protocol/version.js';
import { nobody } from '../../scoring/facts/base.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { AgentOldestFact } from '../../scoring/facts/maintenance.js';
import type { Recorder } from '../devices/recorder.js';

const hourMs = 3600_000;

export interface AgentVersionsOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly random: RandomBytes;
  readonly recorder: Pick<Recorder, 'record'>;
  /** What was announced so far, in that order. */
  readonly announced: readonly AgentOldestFact[];
  /** A connected device is told, or its line is closed. */
  readonly connected: () => Iterable<ConnectedAgent>;
  readonly log: Pick<Logger, 'info' | 'error'>;
}

/** One line, and what its device said of its agent. */
export interface ConnectedAgent {
  readonly version: string;
  tell(notice: VersionNotice): void;
  close(code: 'agent.too-old'): void;
}

/** The announcement that holds, and the one that is to come. */
export interface OldestAgent {
  readonly oldest: string;
  /** Milliseconds since 1970. */
  readonly from: number;
}

/**
 * Which agents are taken. An older one is turned away from the begin of an hour on, and that is announced before the hour before:
 * so nobody has to restart an agent within an epoch, and there is a whole one to do it in.
 */
export class AgentVersions {
  readonly #options: AgentVersionsOptions;
  readonly #announced: AgentOldestFact[];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AgentVersionsOptions) {
    this.#options = options;
    this.#announced = [...options.announced];
    this.#await();
  }

  /** Announces the oldest version that is to be taken, where that is not what was said last. Null announces nothing. */
  async announce(oldest: string | null): Promise<void> {
    const { clock, random, recorder, log } = this.#options;
    if (oldest === null || this.#announced.at(-1)?.oldest === oldest) return;
    const at = clock.now();
    const fact: AgentOldestFact = {
      kind: 'agent.oldest',
      id: newFactId(random),
      at,
      device: nobody,
      oldest,
      from: nextButOneHour(at),
    };
    await recorder.record([fact]);
    log.info({ oldest, from: new Date(fact.from).toISOString() }, 'older agents will be turned away');
    this.apply(fact);
  }

  /** Takes in what another verifier has put on record. */
  apply(fact: Fact): void {
    // Of one version the first word holds: it must not be put off by every verifier that starts.
    if (fact.kind !== 'agent.oldest' || this.#announced.at(-1)?.oldest === fact.oldest) return;
    this.#announced.push(fact);
    for (const agent of this.#options.connected()) this.greet(agent);
    this.#await();
  }

  /** What holds now; null where every agent is taken. */
  get now(): OldestAgent | null {
    const now = this.#options.clock.now();
    return this.#announced.findLast(({ from }) => from <= now) ?? null;
  }

  /** What is to come; null where nothing is. */
  get next(): OldestAgent | null {
    const last = this.#announced.at(-1);
    return last !== undefined && last.from > this.#options.clock.now() ? last : null;
  }

  /** @throws TouchstoneError `agent.too-old` */
  assertTaken(version: string): void {
    const { now } = this;
    if (now === null || !isOlder(version, now.oldest)) return;
    const detail = `This agent is ${version}; ${now.oldest} or later is taken since ${new Date(now.from).toISOString()}.`;
    throw new TouchstoneError('agent.too-old', detail);
  }

  /** Tells an agent that has connected what it has to know, if anything. */
  greet(agent: Pick<ConnectedAgent, 'version' | 'tell'>): void {
    const { next } = this;
    if (next === null || !isOlder(agent.version, next.oldest)) return;
    const inMs = Math.max(0, next.from - this.#options.clock.now());
    agent.tell({ type: 'agent.oldest', oldest: next.oldest, inMs });
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** With the hour that was told, lines of older agents end. */
  #await(): void {
    clearTimeout(this.#timer);
    const { next } = this;
    if (next === null) return;
    this.#timer = setTimeout(() => this.#begin(), next.from - this.#options.clock.now());
    this.#timer.unref();
  }

  #begin(): void {
    const { now } = this;
    if (now !== null)
      for (const agent of [...this.#options.connected()])
        if (isOlder(agent.version, now.oldest)) agent.close('agent.too-old');
    // A timer may be early by a moment, or the wall clock have been set back.
    this.#await();
  }
}

/** The begin of the hour after the one that begins next. */
export const nextButOneHour = (at: number): number => (Math.floor(at / hourMs) + 2) * hourMs;
