import type { OfflineOpen, OfflineReveal } from '../../protocol/messages/offline.js';
import type { LinkReveal } from '../../protocol/messages/reveals.js';
import type { ResidentWalks } from '../exam/resident-walks.js';
import type { SolvedLinks } from './solved-links.js';

export interface OpeningsOptions {
  readonly walks: ResidentWalks;
  readonly send: (message: OfflineReveal) => void;
}

interface Question {
  readonly solved: SolvedLinks;
  /** As many as were reported. */
  readonly links: number;
  readonly asked: OfflineOpen;
}

/** Answers `offline.open`: each card walks the links that are asked for once more. One question a card, the newest. */
export class Openings {
  readonly #options: OpeningsOptions;
  /** By card, the question that is worked on; `next` follows it. At most one of each for each card of a chain. */
  readonly #working = new Set<number>();
  readonly #next = new Map<number, Question>();
  /** Another one for each connection: answers to an older one are of no use. */
  #line = {};

  constructor(options: OpeningsOptions) {
    this.#options = options;
  }

  /** @param links as many as were reported; what asks for others, or for a card that is not of the chain, is ignored */
  ask(solved: SolvedLinks, links: number, asked: OfflineOpen): void {
    const { card, openings } = asked;
    if (!solved.chain.cards.some((one) => one.card === card)) return;
    if (openings.some(({ link }) => link > links)) return;
    this.#next.set(card, { solved, links, asked });
    if (!this.#working.has(card)) void this.#work(card);
  }

  /** The connection on which was asked is gone. */
  forget(): void {
    this.#line = {};
    this.#next.clear();
  }

  async #work(card: number): Promise<void> {
    this.#working.add(card);
    for (let question = this.#take(card); question; question = this.#take(card)) {
      const line = this.#line;
      const answer = await this.#answer(question);
      if (this.#line === line) this.#options.send(answer);
    }
    this.#working.delete(card);
  }

  #take(card: number): Question | undefined {
    const question = this.#next.get(card);
    this.#next.delete(card);
    return question;
  }

  async #answer({ solved, links, asked }: Question): Promise<OfflineReveal> {
    const { seed, card } = asked;
    const reveals = await this.#reveals(solved, asked).catch(() => null);
    return {
      type: 'offline.reveal',
      seed,
      card,
      roots: solved.rootsOf(card, links),
      reveals: reveals ?? [],
    };
  }

  /** In the order in which they were asked for; null where the table is gone. */
  async #reveals(solved: SolvedLinks, { card, openings }: OfflineOpen): Promise<LinkReveal[] | null> {
    const tableSeed = solved.chain.cards.find((one) => one.card === card)?.tableSeed ?? '';
    const found = new Map<string, LinkReveal>();
    for (const link of new Set(openings.map((opening) => opening.link))) {
      const walkers = openings.flatMap((one) =>
        one.link === link ? [{ round: 0, walker: one.walker }] : [],
      );
      const reveals = await this.#options.walks.reveal(
        card,
        tableSeed,
        solved.walkSeed(link, card),
        1,
        walkers,
      );
      for (const { walker, leaf, path } of reveals ?? [])
        found.set(`${link} ${walker}`, { link, walker, leaf, path });
    }
    const all = openings.flatMap(({ link, walker }) => found.get(`${link} ${walker}`) ?? []);
    return all.length === openings.length ? all : null;
  }
}
