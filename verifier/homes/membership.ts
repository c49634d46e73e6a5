import type { Logger } from 'pino';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Clock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HotState } from '../state/state.js';
import type { HomeTimes } from './times.js';

const key = 'members';
/** Put anew with each sign of life; what is left of a fleet that is gone goes after a week. */
const keptMs = 7 * 24 * 3600_000;
/** There from the first member on: a hot state without it is new, or was lost. */
const begunKey = 'homes-begun';
/** There for a while after the hot state was found to be lost. */
const lostKey = 'homes-lost';

const Entry = Compile(Type.Object({ url: Type.String(), seenAt: Type.Number() }));

/** A verifier of this fleet. */
export interface Member {
  readonly verifier: string;
  readonly url: string;
  /** Names one stretch of its life: a verifier that was taken for dead comes back under another, so the old one is never alive again. */
  readonly term: string;
  /** When it last said that it lives, on the clock of the hot state; milliseconds since 1970. */
  readonly seenAt: number;
  /** For so long it has said nothing, milliseconds. */
  readonly silentMs: number;
  readonly alive: boolean;
}

export interface MembershipOptions {
  readonly self: string;
  readonly state: HotState;
  readonly clock: Clock;
  readonly times: HomeTimes;
  readonly log: Pick<Logger, 'warn' | 'error' | 'info'>;
  /** Whether the record has any device: then the hot state is not empty because all begins. */
  readonly anyDevice: () => boolean;
  /** Others may think us dead, or the hot state was lost. We are no member again before this resolves. */
  readonly lost: (why: string) => Promise<void>;
  /** We are a member, for the first time or again. */
  readonly joined: () => void;
}

/**
 * This verifier among its like. It says that it lives every few seconds; where it could not for long it knows so by its own
 * monotonic clock, earlier than anybody else, and stops acting.
 */
export class Membership {
  readonly #options: MembershipOptions;
  #url = '';
  #terms = 0;
  #generation = '';
  #joined = false;
  /** Monotonic; before the last sign of life was sent. */
  #renewedAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: MembershipOptions) {
    this.#options = options;
  }

  /** Whether nobody can think us dead now. */
  get alive(): boolean {
    const { clock, times } = this.#options;
    return this.#joined && clock.monotonic() - this.#renewedAt < times.deadMs - times.marginMs;
  }

  /** What stands for us as the home of a device. */
  get term(): string {
    return `${this.#options.self}.${this.#terms}`;
  }

  /**
   * Becomes a member and stays one, by itself, whatever happens to the hot state.
   * @param url where the others reach us
   */
  async start(url: string): Promise<void> {
    this.#url = url;
    await this.#run(() => this.#renew());
    this.#plan();
  }

  /** @param forget whether nothing is left of us that another has to see to */
  async stop(forget: boolean): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
    this.#joined = false;
    // Where it can't be said, the others see by themselves that we are gone.
    if (forget) await this.forget(this.term).catch(() => {});
  }

  /**
   * Assures that the hot state is the one that we know.
   * @throws TouchstoneError `service.busy` where it is another or away, or where we are no member
   */
  async check(): Promise<void> {
    if ((await this.#options.state.generation()) !== this.#generation) await this.#run(() => this.#renew());
    if (!this.alive) throw new TouchstoneError('service.busy');
  }

  /** Whether the hot state was lost so lately that a verifier may act that has not seen it yet. */
  async lostLately(): Promise<boolean> {
    return (await this.#options.state.get(lostKey)) !== null;
  }

  /** All that are known, also the dead whose estate nobody has seen to. @throws TouchstoneError `service.busy` */
  async all(): Promise<Member[]> {
    const { state, times } = this.#options;
    const [fields, now] = await Promise.all([state.fields(key), state.now()]);
    return [...fields].flatMap(([term, text]) => {
      const entry: unknown = JSON.parse(text);
      if (!Entry.Check(entry)) return [];
      const silentMs = now - entry.seenAt;
      return [{ verifier: verifierOf(term), term, ...entry, silentMs, alive: silentMs < times.deadMs }];
    });
  }

  /** One that is dead, and whose estate somebody has seen to. */
  async forget(term: string): Promise<void> {
    await this.#options.state.dropField(key, term);
  }

  #plan(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.#run(() => this.#renew()).then(() => this.#plan());
    }, this.#options.times.renewMs);
  }

  /** One thing after the other; what fails is tried again with the next sign of life. */
  #run(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error) => {
      this.#options.log.warn({ err: error }, 'no sign of life could be given to the other verifiers');
    });
    return this.#turn;
  }

  async #renew(): Promise<void> {
    if (this.#stopped) return;
    if (!this.#joined) return this.#join();
    if (!this.alive) return this.#lose('we gave no sign of life for too long');
    const at = this.#options.clock.monotonic();
    if ((await this.#options.state.generation()) !== this.#generation) {
      return this.#lose('the hot state was lost');
    }
    await this.#say();
    // It may have come too late: then others have acted on our death.
    if (!this.alive) return this.#lose('our sign of life came too late');
    this.#renewedAt = at;
  }

  async #lose(why: string): Promise<void> {
    this.#joined = false;
    await this.#options.lost(why);
    await this.#join();
  }

  async #join(): Promise<void> {
    const { clock, state, times } = this.#options;
    const at = clock.monotonic();
    const generation = await state.generation();
    // Whoever has not seen it yet acts on for a moment: see `lostLately`.
    if (await this.#isLost(generation)) await state.put(lostKey, generation, times.deadMs);
    this.#generation = generation;
    if (this.#terms > 0) await this.forget(this.term);
    this.#terms += 1;
    await this.#say();
    this.#renewedAt = at;
    this.#joined = true;
    this.#options.joined();
  }

  /** Who starts has no other one to compare it with, but knows whether it must have been in use. */
  async #isLost(generation: string): Promise<boolean> {
    if (this.#generation !== '') return this.#generation !== generation;
    return this.#options.anyDevice() && (await this.#options.state.get(begunKey)) === null;
  }

  async #say(): Promise<void> {
    const { state } = this.#options;
    const entry = { url: this.#url, seenAt: await state.now() };
    await state.putField(key, this.term, JSON.stringify(entry), keptMs);
    await state.put(begunKey, '1', keptMs);
  }
}

/** The verifier that a term is of. */
export const verifierOf = (term: string): string => term.split('.', 1)[0] ?? '';
