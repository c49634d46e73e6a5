import type { OfflineVerdict } from '../../protocol/messages/offline.js';
import type { OfflineEvent } from '../offline/events.js';
import type { Display } from './display.js';
import { duration, fixOf, titleOf } from './words.js';

/** Tells a person of outages: that they are being proven, and what they count for. */
export class OutageLines {
  readonly #display: Display;
  readonly #name: (card: number) => string;

  constructor(display: Display, name: (card: number) => string) {
    this.#display = display;
    this.#name = name;
  }

  tell(event: OfflineEvent): void {
    switch (event.type) {
      case 'offline.began':
        return this.#display.info(
          `The line is down. This machine proves meanwhile that its cards are there, from link ${event.link} of ${event.links}.`,
        );
      // One a minute: what comes of them is told at the end.
      case 'offline.link':
        return;
      case 'offline.failed':
        return this.#display.warn(
          `The outage can't be proven at present: ${event.message}${fixOf(event.code ?? '')}`,
        );
      case 'offline.reported':
        return this.#display.info(
          `The line was down for ${duration(event.downMs)}; reported ${event.links} links that were solved meanwhile.`,
        );
      case 'offline.verdict':
        return this.#tellVerdict(event);
    }
  }

  #tellVerdict({ outageMs, code, cards }: OfflineVerdict): void {
    const outage = `Outage of ${duration(outageMs)}`;
    if (cards.length === 0) return this.#display.warn(`${outage}: ${titleOf(code)}.${fixOf(code)}`);
    for (const { card, creditedMs, code } of cards) {
      const text = `${outage}: ${duration(creditedMs)} of it count for ${this.#name(card)}.`;
      if (code === 'offline.credited') this.#display.success(text);
      else this.#display.warn(`${text} ${titleOf(code)}.${fixOf(code)}`);
    }
  }
}
