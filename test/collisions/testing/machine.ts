import { runSupplier, type SupplierOptions } from '../../../agent/connection/supplier.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';

/** A supplier's machine that can be switched off, and on again, perhaps with another card in it. */
export function machine() {
  let current = new AbortController();
  let claim: CardClaim | null = null;
  let isOn = true;
  let switched: () => void = () => {};
  return {
    off() {
      isOn = false;
      current.abort();
    },
    /** @param claimed another card than before; the same where absent */
    on(claimed?: CardClaim) {
      claim = claimed ?? claim;
      isOn = true;
      switched();
    },
    async run(options: SupplierOptions): Promise<void> {
      const over = new Promise<void>((resolve) => options.signal.addEventListener('abort', () => resolve()));
      while (!options.signal.aborted) {
        if (!isOn) {
          const on = new Promise<void>((resolve) => {
            switched = resolve;
          });
          await Promise.race([on, over]);
          continue;
        }
        current = new AbortController();
        const cards = options.cards.map((card) => ({ ...card, claim: claim ?? card.claim }));
        await runSupplier({ ...options, cards, signal: AbortSignal.any([options.signal, current.signal]) });
      }
    },
  };
}
