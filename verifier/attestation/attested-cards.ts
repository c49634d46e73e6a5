import type { Fact } from '../../scoring/facts/facts.js';
import type { CardAttestedFact } from '../../scoring/facts/hardware.js';

/** An attestation speaks for its card so long: then it is one of an exam of yesterday. */
export const attestedMs = 24 * 3600_000;

/** Those that are over are forgotten so often, by the times of the facts that come in. */
const forgetEveryMs = 3600_000;

/** Attestations that are not over: from the record at the start, moved on by every fact, ours and others'. */
export class AttestedCards {
  readonly #facts = new Map<string, CardAttestedFact>();
  /** By the key of a chip: the cards in `#facts` that it spoke for, which is one but where it was moved. */
  readonly #cards = new Map<string, Set<string>>();
  #forgotAt = 0;

  /** @param facts of the last `attestedMs` at least */
  constructor(facts: readonly CardAttestedFact[]) {
    this.reload(facts);
  }

  /** How many are kept. */
  get size(): number {
    return this.#facts.size;
  }

  /**
   * Null too where its chip speaks for another card: two that asked at the same moment, or two verifiers, may both have been let in.
   * Then it speaks for none.
   *
   * @param hardware what the card claims to be now (`hardwareOf`) @param now milliseconds since 1970
   */
  of(device: string, card: number, hardware: string, now: number): CardAttestedFact | null {
    const fact = this.#facts.get(keyOf(device, card));
    if (fact === undefined || fact.hardware !== hardware || !isFresh(fact, now)) return null;
    return this.speaksElsewhere(fact, now) ? null : fact;
  }

  /** Whether a chip speaks for another card than this one. The same GPU may have another place in its machine. */
  speaksElsewhere(
    { key, device, card, hardware }: Pick<CardAttestedFact, 'key' | 'device' | 'card' | 'hardware'>,
    now: number,
  ): boolean {
    const isThis = (fact: CardAttestedFact) =>
      fact.device === device && (fact.card === card || (hardware !== '' && fact.hardware === hardware));
    return [...(this.#cards.get(key) ?? [])].some((place) => {
      const fact = this.#facts.get(place);
      return fact !== undefined && isFresh(fact, now) && !isThis(fact);
    });
  }

  /** Takes in facts that are durable, in whatever order and however often. */
  apply(facts: readonly Fact[]): void {
    for (const fact of facts) if (fact.kind === 'card.attested') this.#take(fact);
  }

  /** The record was read again, because facts may have been missed. What is newer here stays. */
  reload(facts: readonly CardAttestedFact[]): void {
    for (const fact of facts) this.#take(fact);
  }

  #take(fact: CardAttestedFact): void {
    this.#forget(fact.at);
    const card = keyOf(fact.device, fact.card);
    const known = this.#facts.get(card);
    if (known !== undefined && fact.at < known.at) return;
    if (known !== undefined) this.#remove(card, known);
    this.#facts.set(card, fact);
    this.#cards.set(fact.key, (this.#cards.get(fact.key) ?? new Set()).add(card));
  }

  /** Now and then, not with each fact: a fleet that attests has many. */
  #forget(now: number): void {
    if (now - this.#forgotAt < forgetEveryMs) return;
    this.#forgotAt = now;
    for (const [card, fact] of this.#facts) if (!isFresh(fact, now)) this.#remove(card, fact);
  }

  #remove(card: string, fact: CardAttestedFact): void {
    this.#facts.delete(card);
    const cards = this.#cards.get(fact.key);
    cards?.delete(card);
    if (cards?.size === 0) this.#cards.delete(fact.key);
  }
}

const keyOf = (device: string, card: number): string => `${device}/${card}`;
const isFresh = ({ at }: CardAttestedFact, now: number): boolean => now - at < attestedMs;
