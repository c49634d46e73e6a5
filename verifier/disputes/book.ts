import type { Code } from '../../protocol/codes/table.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { DisputeMovedFact } from '../../scoring/facts/hardware.js';
import type { DisputedCard, DisputesPort } from './disputes-port.js';

/**
 * How every dispute stands: loaded from the record, moved on by each fact that any verifier has recorded. In whatever order facts
 * come, and however often, the latest stands.
 */
export class DisputeBook implements DisputesPort {
  readonly #disputes = new Map<string, DisputeMovedFact>();
  readonly #ofDevice = new Map<string, Set<string>>();

  constructor(facts: readonly DisputeMovedFact[]) {
    this.apply(facts);
  }

  apply(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind !== 'dispute.moved') continue;
      const known = this.#disputes.get(fact.dispute);
      if (known !== undefined && !isLater(fact, known)) continue;
      for (const { device } of known?.claimants ?? []) this.#ofDevice.get(device)?.delete(fact.dispute);
      this.#disputes.set(fact.dispute, fact);
      for (const { device } of fact.claimants) {
        const disputes = this.#ofDevice.get(device) ?? new Set();
        this.#ofDevice.set(device, disputes.add(fact.dispute));
      }
    }
  }

  get(dispute: string): DisputeMovedFact | null {
    return this.#disputes.get(dispute) ?? null;
  }

  /** Those that are not over by somebody's leaving. */
  *living(): Iterable<DisputeMovedFact> {
    for (const fact of this.#disputes.values()) if (fact.state !== 'lapsed') yield fact;
  }

  /** How many of those there are of each state. */
  byState(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>(livingStates.map((state) => [state, 0]));
    for (const { state } of this.living()) counts.set(state, (counts.get(state) ?? 0) + 1);
    return counts;
  }

  /** What holds a card comes first, then what is open. */
  of(device: string): readonly DisputedCard[] {
    const cards = [...(this.#ofDevice.get(device) ?? [])].flatMap((dispute) => {
      const fact = this.#disputes.get(dispute);
      const claimant = fact?.claimants.find((one) => one.device === device);
      return fact === undefined || claimant === undefined ? [] : [disputedCard(fact, device, claimant.card)];
    });
    return cards.sort((a, b) => urgency(b) - urgency(a));
  }
}

const livingStates = ['open', 'distinct', 'shared'] as const satisfies readonly DisputeMovedFact['state'][];

const isLater = (a: DisputeMovedFact, b: DisputeMovedFact): boolean =>
  a.at !== b.at ? a.at > b.at : a.id > b.id;

const urgency = ({ held, state }: DisputedCard): number => 2 * Number(held) + Number(state === 'open');

function disputedCard(fact: DisputeMovedFact, device: string, card: number): DisputedCard {
  const { dispute, state } = fact;
  const lost = fact.losers.includes(device);
  const held = lost || fact.held.includes(device);
  return { card, dispute, state, held, code: codeOf(fact, lost, held) };
}

function codeOf({ state }: DisputeMovedFact, lost: boolean, held: boolean): Code {
  if (lost) return 'dispute.never-together';
  if (state === 'lapsed') return 'dispute.lapsed';
  if (held || state === 'open') return 'dispute.open';
  return state === 'shared' ? 'dispute.kept' : 'dispute.distinct';
}
