import { parseJson } from '../agent/connection/request.js';
import type { Identity } from '../agent/identity.js';
import type { Clock } from '../protocol/clock.js';
import { codeTable } from '../protocol/codes/table.js';
import { TouchstoneError } from '../protocol/error.js';
import type { TranscriptHeads } from '../protocol/messages/lease.js';
import { checkOf, type ReceiptCheck } from '../scoring/receipt/receipt-check.js';
import { type VerifiedReceipt, verifyReceipt } from '../scoring/receipt/verify.js';
import type { LeaseApi } from './lease-api.js';
import { SeenHeads } from './seen-heads.js';
import { loadOfCard, type TenantLoad } from './tenant-load.js';

/** How often the transcript is asked for, milliseconds. */
const usualEveryMs = 60_000;
/** How often the same is said again: what a witness says counts for probes within five minutes of it. */
const againMs = 4 * 60_000;
/** Below this load a card is idle, as the formula has it. */
const idleLoad = 0.1;
/** Load of the driver above which an unused card is told of. */
const foreignLoad = 0.5;

/** Refusals that do not pass by themselves. */
const lasting = new Set(['access.denied', 'lease.unknown', 'agent.verifier-refused']);

export interface WitnessOptions {
  readonly api: Pick<LeaseApi, 'transcript' | 'speak' | 'receipt'>;
  readonly identity: Identity;
  readonly load: () => Promise<TenantLoad>;
  readonly clock: Pick<Clock, 'now'>;
  /** Ends it before the lease has ended. */
  readonly signal: AbortSignal;
  /** One line of what happens. */
  readonly tell: (line: string) => void;
  /** Key of the verifier that is relied on, where it is known. */
  readonly issuer?: string;
  /** How often the transcript is asked for, milliseconds; a minute when absent. */
  readonly everyMs?: number;
}

/** A lease has ended, and this is its receipt. */
export interface WitnessedEnd extends VerifiedReceipt {
  /** The receipt as it came. */
  readonly text: string;
}

/**
 * Lives beside a tenant through a lease: says every few minutes, signed by its own key, what it sees of the transcript and
 * how busy the tenant keeps the cards; checks the receipt at the end against all that it has seen.
 *
 * @returns null where `signal` came before the end
 * @throws TouchstoneError where the verifier refuses for good; a line that is away is waited for, and who may not speak still watches
 */
export async function runWitness(options: WitnessOptions): Promise<WitnessedEnd | null> {
  const witness = new Witness(options);
  while (!options.signal.aborted) {
    const over = await lastingOnly(options, () => witness.look());
    if (over) {
      const end = await lastingOnly(options, () => witness.end());
      if (end) return end;
    }
    await pause(options.everyMs ?? usualEveryMs, options.signal);
  }
  return null;
}

class Witness {
  readonly #options: WitnessOptions;
  readonly #seen = new SeenHeads();
  readonly #said = new Map<number, { at: number; index: number; idle: boolean }>();
  #takenBack: string[] = [];
  #state = '';
  #refused = '';

  constructor(options: WitnessOptions) {
    this.#options = options;
  }

  /** One look at the transcript. @returns whether the lease is over */
  async look(): Promise<boolean> {
    const { api, load, tell } = this.#options;
    const heads = await api.transcript();
    if (heads.state !== this.#state) tell(`The lease is ${heads.state}.`);
    this.#state = heads.state;
    for (const head of heads.cards) {
      if (this.#seen.add(head)) continue;
      const fault = `card ${head.card}: the verifier took back what it had told before entry ${head.index}`;
      if (this.#takenBack.length < 100) this.#takenBack.push(fault);
      tell(fault);
    }
    if (heads.state === 'active' || heads.state === 'returning') await this.#speak(heads, await load());
    return heads.state === 'ended' || heads.state === 'refused';
  }

  async #speak({ lease, cards }: TranscriptHeads, load: TenantLoad): Promise<void> {
    const { api, clock, identity, tell } = this.#options;
    for (const [place, { card, index, tag }] of cards.entries()) {
      const at = clock.now();
      const busy = loadOfCard(load, place, cards.length);
      this.#tellForeign(load, place, card);
      if (!this.#isNew(card, { at, index, idle: busy !== null && busy <= idleLoad })) continue;
      const statement = { lease, at, card, index, tag, load: busy, key: identity.device };
      try {
        await api.speak({ ...statement, signature: identity.sign('witness', statement) });
      } catch (error) {
        if (!(error instanceof TouchstoneError) || error.code !== 'witness.invalid') throw error;
        // Another one spoke first, or the clock is off: what it sees is worth watching all the same.
        if (error.message !== this.#refused) tell(`${codeTable[error.code].title}: ${error.message}`);
        this.#refused = error.message;
        return;
      }
      this.#said.set(card, { at, index, idle: busy !== null && busy <= idleLoad });
    }
  }

  /** Probes are a tenth of a second every few minutes: a card that is busy by half works for somebody else. */
  #tellForeign({ idle, gpus }: TenantLoad, place: number, card: number): void {
    const share = gpus[place] ?? 0;
    if (!idle || share < foreignLoad) return;
    const percent = Math.round(share * 100);
    this.#options.tell(`card ${card} is ${percent} % busy, and no process of this container has it open`);
  }

  /** Whether there is more to say than was said last, or that is some time ago. */
  #isNew(card: number, now: { at: number; index: number; idle: boolean }): boolean {
    const last = this.#said.get(card);
    return !last || last.index !== now.index || last.idle !== now.idle || now.at - last.at >= againMs;
  }

  /** The receipt, checked. */
  async end(): Promise<WitnessedEnd> {
    const { api, issuer } = this.#options;
    const text = await api.receipt();
    const verified = verifyReceipt(parseJson(text), issuer === undefined ? {} : { issuer });
    const own = verified.receipt === null ? [] : [this.#ownCheck(verified)];
    const checks = [...verified.checks, ...own];
    return { ...verified, text, checks, ok: checks.every(({ ok }) => ok) };
  }

  #ownCheck({ receipt }: VerifiedReceipt): ReceiptCheck {
    const { identity } = this.#options;
    if (receipt === null) return checkOf('seen', '', []);
    const dumb = this.#said.size > 0 && !receipt.witness.some(({ key }) => key === identity.device);
    return checkOf('seen', 'holds all that this witness has seen and said', [
      ...this.#takenBack,
      ...this.#seen.missingIn(receipt),
      ...(dumb ? ['nothing that this witness has said is in it'] : []),
    ]);
  }
}

/** Runs one step; what passes by itself is told and gives null. */
async function lastingOnly<T>({ signal, tell }: WitnessOptions, step: () => Promise<T>): Promise<T | null> {
  try {
    return await step();
  } catch (error) {
    if (signal.aborted) return null;
    if (!(error instanceof TouchstoneError) || lasting.has(error.code)) throw error;
    tell(`${codeTable[error.code].title}: ${error.message} It is tried again.`);
    return null;
  }
}

/** Resolves after a while, or at once when `signal` comes. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
}
