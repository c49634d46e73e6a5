import { replayChain } from '../../challenges/timelock/replay.js';
import { fromBase64, toBase64, toHex } from '../../protocol/bytes.js';
import type {
  OfflineChain,
  OfflineMessage,
  OfflineOpen,
  OfflineReport,
  OfflineTrial,
  OfflineVerdict,
} from '../../protocol/messages/offline.js';
import type { LinkOpening } from '../../protocol/messages/reveals.js';
import { hashOf, noRoot } from '../../protocol/transcript.js';
import { scriptedSolution } from './scripted-squarer.js';
import { scriptedLeaf, scriptedRoot } from './scripted-walks.js';

type Question = OfflineChain | OfflineTrial | OfflineOpen | OfflineVerdict;
type Reveal = Extract<OfflineMessage, { type: 'offline.reveal' }>;

export const linkMs = 60_000;
export const perSecond = 1_000_000;
const modulus = toBase64(new Uint8Array(256).fill(0x81));

/** What came of a report. */
export interface Settled {
  readonly seed: string;
  readonly links: number;
  /** When its chain was handed out, and when it was settled. */
  readonly issuedAt: number;
  readonly at: number;
  /** What is wrong with it, or nothing. */
  readonly faults: string[];
  /** Of each card, links after which it has walked. */
  readonly walked: Map<number, number>;
}

/** A chain with a fresh seed. @param name makes the seed */
export function chainOf(
  name: string,
  tables: Iterable<readonly [number, string]>,
  links = 360,
): OfflineChain {
  return {
    type: 'offline.chain',
    token: `token.${name}`,
    modulus,
    seed: toHex(hashOf('chain', name)),
    squarings: (linkMs / 1000) * perSecond,
    links,
    cards: [...tables].map(([card, tableSeed]) => ({ card, tableSeed })),
  };
}

export const trialOf = (name: string, withinMs = 30_000): OfflineTrial => ({
  type: 'offline.trial',
  modulus,
  seed: toHex(hashOf('trial', name)),
  squarings: perSecond,
  withinMs,
});

/** The verifier's side of outages on the timers' clock: chains each minute, reports checked in full. */
export class OutageVerifier {
  readonly settled: Settled[] = [];
  readonly reports: OfflineReport[] = [];
  readonly tables: Map<number, string>;
  readonly #send: (message: Question) => void;
  readonly #chains = new Map<string, { readonly chain: OfflineChain; readonly issuedAt: number }>();
  #open: { readonly report: OfflineReport; readonly reveals: Map<number, Reveal> } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (message: Question) => void, tables: Map<number, string>) {
    this.#send = send;
    this.tables = tables;
  }

  connected(): void {
    this.#hand();
    this.#timer = setInterval(() => this.#hand(), 60_000);
  }

  lost(): void {
    clearInterval(this.#timer);
    this.#open = null;
  }

  /** Of the chain that a token was handed out with. */
  seedOf(token: string): string | undefined {
    return this.#chains.get(token)?.chain.seed;
  }

  take(message: OfflineMessage): void {
    if (message.type === 'offline.report') this.#ask(message);
    if (message.type === 'offline.reveal') this.#collect(message);
  }

  #hand(): void {
    const chain = chainOf(String(this.#chains.size), this.tables);
    this.#chains.set(chain.token, { chain, issuedAt: Date.now() });
    this.#send(chain);
  }

  #ask(report: OfflineReport): void {
    this.reports.push(report);
    this.#open = { report, reveals: new Map() };
    const { chain } = this.#issued(report);
    for (const { card } of chain.cards) {
      const openings = openingsOf(report.links);
      this.#send({ type: 'offline.open', seed: chain.seed, card, openings, withinMs: 60_000 });
    }
  }

  #collect(reveal: Reveal): void {
    const open = this.#open;
    if (!open) return;
    open.reveals.set(reveal.card, reveal);
    const { chain, issuedAt } = this.#issued(open.report);
    if (open.reveals.size < chain.cards.length) return;
    this.#open = null;
    const { links } = open.report;
    const checked = check(chain, open.report, open.reveals);
    this.settled.push({ seed: chain.seed, links, issuedAt, at: Date.now(), ...checked });
    const cards = chain.cards.map(({ card }) => ({ card, creditedMs: 0, code: 'offline.credited' }));
    const code = 'offline.credited';
    this.#send({ type: 'offline.verdict', seed: chain.seed, outageMs: 0, code, cards });
  }

  #issued({ token }: OfflineReport): { chain: OfflineChain; issuedAt: number } {
    const issued = this.#chains.get(token);
    if (!issued) throw new Error(`${token} was never handed out`);
    return issued;
  }
}

/** The first, the last and the middle link, in this order of asking: last, first, middle. */
function openingsOf(links: number): LinkOpening[] {
  return [links, 1, Math.ceil(links / 2)].map((link, at) => ({ link, walker: at + 7 }));
}

function check(
  { seed, cards }: OfflineChain,
  { links, key, cards: reported }: OfflineReport,
  reveals: ReadonlyMap<number, Reveal>,
): Pick<Settled, 'faults' | 'walked'> {
  const faults: string[] = [];
  const roots = new Map(cards.map(({ card }) => [card, rootsIn(reveals.get(card))]));
  const numbers = cards.map(({ card }) => card);
  const solved = { seed: Buffer.from(seed, 'hex'), cards: numbers, links };
  const replayed = replayChain(scriptedSolution, solved, roots);
  if (toHex(replayed.key) !== key) faults.push('the key is not that of the last link');
  const tags = numbers.map((card) => ({ card, tag: toHex(replayed.tags.get(card) as Uint8Array) }));
  if (JSON.stringify(tags) !== JSON.stringify(reported)) faults.push('the tags do not follow from the roots');
  const walked = new Map<number, number>();
  for (const { card, tableSeed } of cards) {
    const own = roots.get(card) ?? [];
    walked.set(card, own.filter((root) => !isNone(root)).length);
    const wrong = own.some((root, at) => {
      const right = scriptedRoot(tableSeed, replayed.walkSeed(at + 1, card));
      return !isNone(root) && toHex(root) !== toHex(right);
    });
    if (wrong) faults.push(`card ${card} walked something else`);
    const shown = reveals.get(card)?.reveals ?? [];
    const leaves = openingsOf(links).map(({ link, walker }) => ({
      link,
      walker,
      leaf: scriptedLeaf(tableSeed, replayed.walkSeed(link, card), walker),
      path: '',
    }));
    if (shown.length > 0 && JSON.stringify(shown) !== JSON.stringify(leaves))
      faults.push(`card ${card} showed something else`);
  }
  return { faults, walked };
}

const isNone = (root: Uint8Array): boolean => toHex(root) === toHex(noRoot);

function rootsIn(reveal: Reveal | undefined): Uint8Array[] {
  const bytes = fromBase64(reveal?.roots ?? '') ?? new Uint8Array();
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(32 * at, 32 * at + 32));
}
