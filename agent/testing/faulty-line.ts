import type { VerifierMessage } from '../../protocol/messages/wire.js';
import type { OfflineEvent } from '../offline/events.js';
import { OfflineRunner } from '../offline/runner.js';
import { OutageVerifier, perSecond } from './outage-verifier.js';
import { ScriptedSquarer } from './scripted-squarer.js';
import { ScriptedWalks } from './scripted-walks.js';

type Question = Extract<VerifierMessage, { type: `offline.${string}` }>;

/**
 * A line between an agent and a verifier that delays, loses what is on its way when it is cut, and can be silent before
 * anybody notices that it is gone. Runs on the timers.
 */
export class FaultyLine {
  readonly events: OfflineEvent[] = [];
  readonly walks = new ScriptedWalks();
  readonly squarer: ScriptedSquarer;
  readonly runner: OfflineRunner;
  readonly verifier: OutageVerifier;
  /** Pieces that were squared while the agent had its line: there may be none but trials. */
  squaredOnline = 0;
  /** Reports of chains whose verdict the agent had. */
  toldTwice = 0;
  /** One way. */
  delayMs = 50;
  /** Counts connections; what was sent on an older one is lost. */
  #connection = 0;
  #open = false;
  /** The agent has noticed nothing yet. */
  #believed = false;
  /** What waits for the line to speak again; null where it is not silent. */
  #held: (() => void)[] | null = null;

  constructor(tables: readonly (readonly [number, string])[] = [[0, '0a'.repeat(32)]]) {
    for (const [card, tableSeed] of tables) this.walks.tables.set(card, tableSeed);
    this.squarer = new ScriptedSquarer(perSecond, () => {
      if (this.#believed) this.squaredOnline += 1;
    });
    this.runner = new OfflineRunner({
      squarer: this.squarer,
      walks: this.walks,
      send: (message) => {
        if (message.type === 'offline.report' && this.#hasVerdict(message.token)) this.toldTwice += 1;
        this.#carry(() => this.verifier.take(message));
      },
      events: (event) => this.events.push(event),
      clock: { now: () => Date.now(), monotonic: () => Date.now() },
    });
    this.verifier = new OutageVerifier((message) => this.send(message), new Map(tables));
  }

  /** A new connection. */
  connect(): void {
    this.#connection += 1;
    this.#held = null;
    this.#open = true;
    this.#believed = true;
    this.runner.lineUp();
    this.verifier.connected();
  }

  /** From the verifier to the agent. */
  send(message: Question): void {
    this.#carry(() => this.runner.handle(message));
  }

  /** Cuts it. What is on its way is lost. @param noticeMs the agent believes in the line for so long */
  cut(noticeMs = 0): void {
    this.#open = false;
    this.verifier.lost();
    const connection = this.#connection;
    const notice = (): void => {
      if (this.#open || connection !== this.#connection) return;
      this.#believed = false;
      this.runner.lineDown(noticeMs);
    };
    if (noticeMs === 0) notice();
    else setTimeout(notice, noticeMs);
  }

  /** The agent hears nothing for so long, and then all at once. */
  async stall(ms: number): Promise<void> {
    this.#held = [];
    this.#believed = false;
    this.runner.lineDown();
    await new Promise((resolve) => setTimeout(resolve, ms));
    const held = this.#held;
    this.#held = null;
    this.#believed = true;
    this.runner.lineHeard();
    for (const arrive of held) arrive();
  }

  /** Leaves no timer behind. */
  async close(): Promise<void> {
    this.#open = false;
    this.verifier.lost();
    await this.runner.close();
  }

  #hasVerdict(token: string): boolean {
    const seed = this.verifier.seedOf(token);
    return this.events.some((event) => event.type === 'offline.verdict' && event.seed === seed);
  }

  #carry(arrive: () => void): void {
    if (!this.#open) return;
    const connection = this.#connection;
    setTimeout(() => {
      if (!this.#open || connection !== this.#connection) return;
      if (this.#held) this.#held.push(arrive);
      else arrive();
    }, this.delayMs);
  }
}
