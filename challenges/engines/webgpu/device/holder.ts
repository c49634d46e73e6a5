import { chooseProduct } from '../choice/choose-product.js';
import { compileProduct, type Product, type ProductSpec } from '../product.js';
import { Card, type OpenGpu } from './card.js';

/** What an engine has open: one device, replaced when it was lost, and the layer kernels that were found best on it. */
export class CardHolder {
  readonly #engine: string;
  readonly #open: OpenGpu;
  readonly #chosen = new Map<number, Promise<ProductSpec>>();
  #card: Promise<Card> | null = null;
  #compiled = new Map<number, Promise<Product>>();

  constructor(engine: string, open: OpenGpu) {
    this.#engine = engine;
    this.#open = open;
  }

  /** @throws TouchstoneError `engine.unavailable` */
  async card(): Promise<Card> {
    const before = this.#card;
    const card = await before?.catch(() => null);
    if (card?.usable) return card;
    // Of several callers the first one opens a new device.
    if (this.#card === before) {
      card?.close();
      this.#compiled = new Map();
      this.#card = Card.open(this.#engine, this.#open);
    }
    return this.#card as Promise<Card>;
  }

  /**
   * The layer kernel for pages of `n`: chosen once for all devices, compiled once for each.
   * @throws TouchstoneError `engine.unavailable`, `engine.failed`, `engine.device-lost`
   */
  product(card: Card, n: number): Promise<Product> {
    const compiled =
      this.#compiled.get(n) ??
      this.#choose(card, n).then((spec) => card.run(() => compileProduct(card, spec)));
    return keepGood(this.#compiled, n, compiled);
  }

  #choose(card: Card, n: number): Promise<ProductSpec> {
    return keepGood(this.#chosen, n, this.#chosen.get(n) ?? chooseProduct(card, this.#open, n));
  }

  async close(): Promise<void> {
    const card = await this.#card?.catch(() => null);
    this.#card = null;
    card?.close();
  }
}

/** Remembers what is being made, unless it fails: the next caller tries again. */
function keepGood<T>(map: Map<number, Promise<T>>, key: number, made: Promise<T>): Promise<T> {
  map.set(key, made);
  made.catch(() => map.delete(key));
  return made;
}
