import type { MemoryReveal } from '../../challenges/memory/verifier.js';
import type { ProofVerdict } from '../../challenges/proofs/verdict.js';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Clock } from '../../protocol/clock.js';
import type { Code } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { ProbeMessage } from '../../protocol/messages/probe.js';
import type { WalkerOpening } from '../../protocol/messages/reveals.js';
import type { MemoryShape } from '../../protocol/shapes.js';
import { nextTag } from '../../protocol/transcript.js';
import type { Hub } from '../connections/hub.js';
import { isSigned } from '../identity/signatures.js';
import {
  newProbe,
  type Probe,
  type ProbeAnswer,
  type ProbeCommitment,
  type ProbeEvent,
  type ProbeResult,
  type Seen,
  stepProbe,
} from './probe-step.js';

/** How often a proof is tried to be checked before the probe ends as ours, and the pause between, milliseconds. */
const checkTries = 15;
const checkPauseMs = 2_000;
/** Beside a probe the line is measured so often, with pauses between: of a line that is slow now and then one ping says little. */
const pings = 8;
const pingPauseMs = 250;
/** While others only stand before it, an answer waits for a quarter of an hour. */
const fullTries = 450;

/** All that one probe is: the order, and what its answer is held against. */
export interface ProbeTask {
  readonly probe: string;
  readonly device: string;
  readonly card: number;
  readonly tableSeed: string;
  /** As it is walked: with the rounds of the probe. */
  readonly shape: MemoryShape;
  /** 32 bytes. */
  readonly seed: Uint8Array;
  readonly transcript: string;
  readonly index: number;
  /** The tag before it, 32 bytes. */
  readonly previous: Uint8Array;
  /** Time that the commit is waited for: longer than the deadline, so that a slow card gets a figure. */
  readonly withinMs: number;
}

export interface ProbeRunOptions {
  readonly clock: Clock;
  readonly hub: Pick<Hub, 'get' | 'send'>;
  readonly revealMs: number;
  readonly draw: (shape: MemoryShape) => WalkerOpening[];
  /** Rejects only by our own fault. */
  readonly check: (proof: MemoryReveal) => Promise<ProofVerdict>;
  /** Longest standstill of our own between two instants, milliseconds. */
  readonly lagBetween: (from: number, to: number) => number;
  /** A proof could not be checked, by a fault of ours. */
  readonly uncheckable: (error: unknown) => void;
  /** Called once. */
  readonly finished: (result: ProbeResult) => void;
}

/** One probe under way: adds time and the wire to the steps of `probe-step.ts`. */
export class ProbeRun {
  readonly task: ProbeTask;
  readonly #options: ProbeRunOptions;
  readonly #orderedAt: number;
  #probe: Probe;
  #timer: NodeJS.Timeout | null = null;
  /** The first goes with the order. `tookMs` is null while it is on the way, and where no answer came. */
  readonly #pings: { readonly sentAt: number; tookMs: number | null }[] = [];
  #pingTimer: NodeJS.Timeout | undefined;

  private constructor(task: ProbeTask, options: ProbeRunOptions) {
    this.task = task;
    this.#options = options;
    this.#orderedAt = options.clock.monotonic();
    this.#probe = newProbe(task.shape.rounds, this.#orderedAt);
  }

  /** Orders the walk. @returns null where the device has no connection that takes it: then there is no probe */
  static start(task: ProbeTask, options: ProbeRunOptions): ProbeRun | null {
    const { device, probe, card, tableSeed, shape, seed, withinMs, transcript, index, previous } = task;
    const connection = options.hub.get(device);
    const order = {
      type: 'probe.walk',
      probe,
      card,
      tableSeed,
      rounds: shape.rounds,
      seed: toHex(seed),
      withinMs,
      transcript,
      index,
      previous: toHex(previous),
    } as const;
    const run = new ProbeRun(task, options);
    if (connection === undefined || !connection.send(order)) return null;
    run.#setTimer(withinMs);
    // The same line at the same moment: whether a late answer was the card's or the line's.
    run.#measureLine();
    return run;
  }

  /**
   * @param at monotonic milliseconds of the arrival
   * @returns the code with which it is refused, or null
   */
  receive(message: ProbeMessage, at: number): Code | null {
    const { probe, card } = this.task;
    if (message.probe !== probe || message.card !== card) return 'probe.unknown';
    return this.#apply({ type: 'message', message, at, seen: this.#seen(at) });
  }

  disconnected(): void {
    this.#apply({ type: 'disconnected' });
  }

  /** Ends it without an answer, where it is not over. */
  endAsOurs(): void {
    this.#apply({ type: 'ours' });
  }

  #apply(event: ProbeEvent): Code | null {
    const { shape } = this.task;
    const before = this.#probe.phase.at;
    const { probe, refused, open, check } = stepProbe(this.#probe, event, () => this.#options.draw(shape));
    this.#probe = probe;
    const { phase } = probe;
    if (phase.at !== before) this.#clearTimer();
    if (open && phase.at === 'opening') this.#open(phase.commitment);
    if (check && phase.at === 'checking') this.#check(phase.commitment, phase.answer);
    if (phase.at === 'done' && before !== 'done') {
      clearTimeout(this.#pingTimer);
      this.#options.finished(this.#withPings(phase.result));
    }
    return refused ?? null;
  }

  #measureLine(): void {
    const { clock, hub } = this.#options;
    const { device, withinMs } = this.task;
    const ping: { readonly sentAt: number; tookMs: number | null } = {
      sentAt: clock.monotonic(),
      tookMs: null,
    };
    this.#pings.push(ping);
    void hub
      .get(device)
      ?.ping(withinMs)
      .then((tookMs) => {
        ping.tookMs = tookMs;
      });
    if (this.#pings.length < pings) {
      this.#pingTimer = setTimeout(() => this.#measureLine(), pingPauseMs);
    }
  }

  /** Of the slowest ping, milliseconds. */
  #pingMs(at: number): number {
    return Math.max(...this.#pings.map(({ sentAt, tookMs }) => tookMs ?? at - sentAt));
  }

  /** What was measured of the line since the commit counts for it, too. */
  #withPings(result: ProbeResult): ProbeResult {
    if (result.kind === 'ended') return result;
    const pingMs = this.#pingMs(this.#options.clock.monotonic());
    return { ...result, commitment: { ...result.commitment, pingMs } };
  }

  #open({ openings }: ProbeCommitment): void {
    const { hub, revealMs } = this.#options;
    const { device, probe, card } = this.task;
    this.#setTimer(revealMs);
    // A send that fails is a connection that is going: its end arrives as `disconnected`.
    hub.send(device, { type: 'probe.open', probe, card, withinMs: revealMs, openings: [...openings] });
  }

  /** From cheap to dear: the signature, then the walkers. */
  #check(commitment: ProbeCommitment, answer: ProbeAnswer): void {
    if (this.#isSigned(commitment, answer)) this.#checkWalk(commitment, answer, 1);
    else this.#apply({ type: 'unsigned' });
  }

  #isSigned({ roots }: ProbeCommitment, { signature }: ProbeAnswer): boolean {
    const { device, card, transcript, index, previous } = this.task;
    const tag = toHex(nextTag(previous, index, fromHex(roots.at(-1) ?? '')));
    return isSigned('transcript', { device, card, transcript, index, tag, signature });
  }

  #checkWalk(commitment: ProbeCommitment, answer: ProbeAnswer, tries: number): void {
    const { shape, tableSeed, seed } = this.task;
    const { openings, roots } = commitment;
    const { check, uncheckable } = this.#options;
    check({
      shape,
      tableSeed: fromHex(tableSeed),
      walkSeed: seed,
      roots: roots.map(fromHex),
      openings,
      reveals: answer.reveals,
    }).then(
      ({ right, code }) => void this.#apply({ type: 'checked', right, code }),
      (error) => {
        if (this.#probe.phase.at === 'done') return;
        const full = error instanceof TouchstoneError && error.code === 'queue.full';
        if (!full || tries === 1) uncheckable(error);
        // The answer is kept and looked at again: who fills our queue must not get another draw by it.
        if (tries >= (full ? fullTries : checkTries)) return void this.#apply({ type: 'ours' });
        this.#timer = setTimeout(() => this.#checkWalk(commitment, answer, tries + 1), checkPauseMs);
      },
    );
  }

  #seen(at: number): Seen {
    const { hub, lagBetween } = this.#options;
    return {
      roundTripMs: hub.get(this.task.device)?.roundTripMs ?? null,
      lagMs: lagBetween(this.#orderedAt, at),
      pingMs: this.#pingMs(at),
    };
  }

  /** Timers run before sockets are read: what came while this process stood still is looked at before the time is over. */
  #setTimer(ms: number): void {
    this.#clearTimer();
    const timer = setTimeout(
      () =>
        setImmediate(() => {
          if (this.#timer !== timer) return;
          const at = this.#options.clock.monotonic();
          this.#apply({ type: 'deadline', at, seen: this.#seen(at) });
        }),
      ms,
    );
    this.#timer = timer;
  }

  #clearTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
