import type { Fact } from '../../scoring/facts/facts.js';
import type { CardAttestedFact } from '../../scoring/facts/hardware.js';

/** An attestation speaks for its card so long: then it is one of an exam of yesterday. */
export const attestedMs = 24 * 3600_000;

/** Attestations that are not over: from the record at the start, moved on by every fact, ours and others'. */
export class AttestedCards {
  readonly #facts = new Map<string, CardAttestedFact>();

  /** @param facts of the last `attestedMs` at least */
  constructor(facts: readonly CardAttestedFact[]) {
    this.reload(facts);
  }

  /** @param hardware what the card claims to be now (`hardwareOf`) @param now milliseconds since 1970 */
  of(device: string, card: number, hardware: string, now: number): CardAttestedFact | null {
    const fact = this.#facts.get(keyOf(device, card));
    return fact !== undefined && fact.hardware === hardware && isFresh(fact, now) ? fact : null;
  }

  /** Whom a chip spoke for last; null where for nobody. */
  holderOf(key: string, now: number): CardAttestedFact | null {
    for (const fact of this.#facts.values()) if (fact.key === key && isFresh(fact, now)) return fact;
    return null;
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
    for (const [key, known] of this.#facts) if (!isFresh(known, fact.at)) this.#facts.delete(key);
    const key = keyOf(fact.device, fact.card);
    const known = this.#facts.get(key);
    if (known === undefined || fact.at >= known.at) this.#facts.set(key, fact);
  }
}

const keyOf = (device: string, card: number): string => `${device}/${card}`;
const isFresh = ({ at }: CardAttestedFact, now: number): boolean => now - at < attestedMs;
