import { fromHex, toHex } from '../../protocol/bytes.js';
import type { ProbeMessage, ProbeOpen, ProbeVerdict, ProbeWalk } from '../../protocol/messages/probe.js';
import { nextTag } from '../../protocol/transcript.js';
import type { CardLoad } from '../cards/load.js';
import { Answers } from '../exam/answers.js';
import { failureWords, inOneLine } from '../exam/failure-words.js';
import type { TableWalk, TableWalker } from '../exam/table-walker.js';
import type { Identity } from '../identity.js';

export interface ProbeDeskOptions {
  readonly card: number;
  readonly walker: TableWalker;
  /** Signs the transcript. */
  readonly identity: Identity;
  /** None where this host can't say how busy the card is. */
  readonly load: CardLoad | undefined;
  readonly send: (message: ProbeMessage) => void;
}

interface Probe {
  readonly asked: ProbeWalk;
  readonly walk: TableWalk;
  /** Of the last round, once it was committed. */
  root?: Uint8Array;
  /** Of the time after the commit. Never rejects. */
  load: Promise<number | null>;
}

const nobodySays: Promise<null> = Promise.resolve(null);

/**
 * Where the probes of one card arrive. Keeps one, the newest: what was asked in an older one is no longer answered. A walk
 * waits for an exam's questions alone, because the verifier's clock runs.
 */
export class ProbeDesk {
  readonly #options: ProbeDeskOptions;
  readonly #answers = new Answers();
  #probe: Probe | undefined;

  constructor(options: ProbeDeskOptions) {
    this.#options = options;
  }

  /** Answers `probe.commit`, or `probe.decline` where the table is not there or broke. */
  walk(asked: ProbeWalk): void {
    const { card, walker, send } = this.#options;
    const { tableSeed, rounds } = asked;
    const walk: TableWalk = { tableSeed, walkSeed: fromHex(asked.seed), rounds };
    const probe: Probe = { asked, walk, load: nobodySays };
    this.#probe = probe;
    const awaited = (): boolean => this.#probe === probe;
    const answer = walker.walk(walk, 'probe', awaited).then(
      (roots) => {
        if (!awaited()) return;
        const root = roots?.at(-1);
        if (!roots || !root) return this.#decline(asked.probe, 'no-table', noTable);
        probe.root = root;
        send({ type: 'probe.commit', probe: asked.probe, card, roots: roots.map(toHex) });
        probe.load = this.#readLoad();
      },
      (error: unknown) => {
        if (awaited()) this.#decline(asked.probe, 'engine', failureWords(error).message);
      },
    );
    this.#answers.add(answer);
  }

  /** Answers `probe.reveal` out of the probe's walk, with the load and a signature over the new tag, or `probe.decline`. */
  open(question: ProbeOpen): void {
    const { walker, send } = this.#options;
    const probe = this.#probe;
    const root = probe?.root;
    if (probe?.asked.probe !== question.probe || root === undefined) {
      const message = 'Nothing was committed in this probe: the agent was restarted, or another probe came.';
      this.#decline(question.probe, 'engine', message);
      return;
    }
    const awaited = (): boolean => this.#probe === probe;
    const found = Promise.all([
      walker.reveal(probe.walk, question.openings, 'probe', awaited),
      orNullAfter(question.withinMs / 2, probe.load),
    ]);
    const answer = found.then(
      ([reveals, load]) => {
        if (!awaited()) return;
        if (!reveals) return this.#decline(question.probe, 'no-table', noTable);
        const { card } = this.#options;
        const signature = this.#sign(probe.asked, root);
        send({ type: 'probe.reveal', probe: question.probe, card, reveals, load, signature });
      },
      (error: unknown) => {
        if (awaited()) this.#decline(question.probe, 'engine', failureWords(error).message);
      },
    );
    this.#answers.add(answer);
  }

  /** The probe is over: nothing more is answered in it. */
  verdict(verdict: ProbeVerdict): void {
    if (this.#probe?.asked.probe === verdict.probe) this.#probe = undefined;
  }

  /** Resolves when no answer is on its way. */
  idle(): Promise<void> {
    return this.#answers.idle();
  }

  /** Null where it can't be told, or is no share. */
  async #readLoad(): Promise<number | null> {
    try {
      const load = (await this.#options.load?.()) ?? null;
      return load !== null && load >= 0 && load <= 1 ? load : null;
    } catch {
      return null;
    }
  }

  #sign({ transcript, index, previous }: ProbeWalk, root: Uint8Array): string {
    const { card, identity } = this.#options;
    const tag = toHex(nextTag(fromHex(previous), index, root));
    return identity.sign('transcript', { device: identity.device, card, transcript, index, tag });
  }

  #decline(probe: string, reason: 'no-table' | 'engine', message: string): void {
    const { card, send } = this.#options;
    send({ type: 'probe.decline', probe, card, reason, message: inOneLine(message) });
  }
}

const noTable =
  'That table is not there: the agent was restarted, an exam took its place, or nobody asked about it for hours.';

/** What is found within a time, or null. */
async function orNullAfter<T>(milliseconds: number, found: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
