import { backoffDelay, defaultBackoff } from '../../../agent/connection/backoff.js';
import { Silence } from '../../../agent/connection/silence.js';
import { type CardEngines, EngineProver } from '../../../agent/exam/engine-prover.js';
import type { CardProver } from '../../../agent/exam/prover.js';
import { ExamRunner, type RunnerEvent } from '../../../agent/exam/runner.js';
import { identityOf } from '../../../agent/identity.js';
import type { OfflineEvent } from '../../../agent/offline/events.js';
import { OfflineRunner } from '../../../agent/offline/runner.js';
import { createReferenceEngine } from '../../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../../challenges/engines/reference-table.js';
import type { Squarer } from '../../../challenges/engines/squarer.js';
import { knownTrapdoor } from '../../../challenges/timelock/testing/known.js';
import type { Clock } from '../../../protocol/clock.js';
import type { AgentMessage, VerifierMessage } from '../../../protocol/messages/wire.js';
import type { Line, LineEnd } from './line.js';

/** As in agent/connection/socket.ts. */
const silenceMs = 15_000;
const pingMs = 20_000;
const handshakeMs = 15_000;

export const identity = identityOf(new Uint8Array(32).fill(9));

/** Solves by the trapdoor after the time that honest squaring takes. */
export class TimedSquarer implements Squarer {
  readonly name = 'timed';
  /** Squarings a second. */
  rate: number;

  constructor(rate: number) {
    this.rate = rate;
  }

  square(
    _modulus: Uint8Array,
    base: Uint8Array,
    squarings: number,
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const solve = () => {
        signal.removeEventListener('abort', stop);
        resolve(knownTrapdoor.power(squarings)(base));
      };
      const timer = setTimeout(solve, (squarings / this.rate) * 1000);
      const stop = () => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      if (signal.aborted) stop();
      else signal.addEventListener('abort', stop, { once: true });
    });
  }

  async close(): Promise<void> {}
}

const engines: CardEngines = { compute: createReferenceEngine, table: createReferenceTableEngine };

/** The agent's own prover on plain loops; a walk takes its time by the timers. */
function timedProver(walkMs: () => number): CardProver {
  const prover = new EngineProver(engines);
  return {
    arm: (shape) => prover.arm(shape),
    commit: (seed, onProgress) => prover.commit(seed, onProgress),
    reveal: (openings) => prover.reveal(openings),
    build: (shape, tableSeed, onProgress) => prover.build(shape, tableSeed, onProgress),
    async walk(walkSeed, onProgress, rounds) {
      await new Promise((resolve) => setTimeout(resolve, walkMs()));
      return prover.walk(walkSeed, onProgress, rounds);
    },
    revealWalk: (openings) => prover.revealWalk(openings),
    dropTable: () => prover.dropTable(),
    close: () => prover.close(),
  };
}

export interface RigOptions {
  readonly line: Line;
  readonly clock: Clock;
  readonly cards: number;
  readonly uniform: () => number;
  /** Takes the verifier's end of a new connection. */
  readonly accept: (end: LineEnd) => void;
}

/**
 * A supplier's machine: all of the agent but what needs a network card, over a line that fails. Reconnects as the agent does.
 */
export class Rig {
  readonly squarer = new TimedSquarer(1_200_000);
  readonly events: (RunnerEvent | OfflineEvent)[] = [];
  readonly refused: string[] = [];
  walkMs = 20;
  readonly #options: RigOptions;
  #runner: ExamRunner;
  #offline: OfflineRunner;
  #end: LineEnd | null = null;
  #on = false;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: RigOptions) {
    this.#options = options;
    [this.#runner, this.#offline] = this.#boot();
  }

  get connected(): boolean {
    return this.#end !== null;
  }

  switchOn(): void {
    this.#on = true;
    this.#connect();
  }

  /** Power off: whatever was in memory is gone. The line ends at once. */
  async switchOff(): Promise<void> {
    this.#on = false;
    clearTimeout(this.#retry);
    const [offline, end] = [this.#offline, this.#end];
    this.#end = null;
    end?.terminate();
    await offline.close();
    [this.#runner, this.#offline] = this.#boot();
  }

  /** The program is stopped, for good. */
  async close(): Promise<void> {
    await this.switchOff();
    await this.#offline.close();
  }

  #boot(): [ExamRunner, OfflineRunner] {
    const { cards, clock } = this.#options;
    const send = (message: AgentMessage) => this.#end?.send(JSON.stringify(message));
    const events = (event: RunnerEvent | OfflineEvent) => this.events.push(event);
    const provers = Array.from({ length: cards }, () => timedProver(() => this.walkMs));
    const loads = provers.map(() => async () => 0);
    const runner = new ExamRunner({ provers, loads, identity, send, events });
    return [runner, new OfflineRunner({ squarer: this.squarer, walks: runner, send, events, clock })];
  }

  #connect(): void {
    const ends = this.#options.line.connect();
    // Where nothing goes through nobody says so: the attempt runs out.
    if (ends === null) {
      this.#retry = setTimeout(() => this.#again(), handshakeMs);
      return;
    }
    const { agent, verifier } = ends;
    const { clock } = this.#options;
    const openedAt = clock.monotonic();
    const offline = this.#offline;
    this.#end = agent;
    const silence = new Silence(
      silenceMs,
      () => agent.ping(),
      (silent) => (silent ? offline.lineDown(silentMs()) : offline.lineHeard()),
    );
    let heard = true;
    let heardAt = openedAt;
    const silentMs = () => clock.monotonic() - heardAt;
    const hear = () => {
      heard = true;
      heardAt = clock.monotonic();
      silence.hear();
    };
    for (const event of ['message', 'ping', 'pong']) agent.on(event, hear);
    const pings = setInterval(() => {
      if (!heard) return agent.terminate();
      heard = false;
      agent.ping();
    }, pingMs);
    agent.on('message', (data: Buffer) => this.#take(JSON.parse(data.toString()) as VerifierMessage));
    agent.on('close', () => {
      silence.end();
      clearInterval(pings);
      if (this.#end !== agent) return;
      this.#end = null;
      offline.lineDown(silentMs());
      if (clock.monotonic() - openedAt >= defaultBackoff.stableMs) this.#failures = 0;
      this.#again();
    });
    this.#options.accept(verifier);
    offline.lineUp();
  }

  #again(): void {
    if (!this.#on) return;
    this.#failures += 1;
    const ms = backoffDelay(defaultBackoff, this.#failures, this.#options.uniform);
    this.#retry = setTimeout(() => this.#connect(), ms);
  }

  #take(message: VerifierMessage): void {
    switch (message.type) {
      case 'error':
        this.refused.push(message.code);
        return this.#offline.refused(message.code);
      case 'offline.trial':
      case 'offline.chain':
      case 'offline.open':
      case 'offline.verdict':
        return this.#offline.handle(message);
      default:
        this.#runner.handle(message);
    }
  }
}
