import { toBase64 } from '../../protocol/bytes.js';
import type { WalkerOpening, WalkerReveal } from '../../protocol/messages/reveals.js';
import { hashOf } from '../../protocol/transcript.js';
import type { ResidentWalks } from '../exam/resident-walks.js';

/** The root of a walk of one round as `ScriptedWalks` makes it. */
export const scriptedRoot = (tableSeed: string, walkSeed: Uint8Array): Uint8Array =>
  hashOf('root', tableSeed, walkSeed);

/** What it shows of a walker. */
export const scriptedLeaf = (tableSeed: string, walkSeed: Uint8Array, walker: number): string =>
  toBase64(hashOf('leaf', tableSeed, walkSeed, String(walker)));

/** Cards that walk by a hash. */
export class ScriptedWalks implements ResidentWalks {
  /** By card, the table that it has. */
  readonly tables = new Map<number, string>();
  /** Cards that never answer while they are in here. */
  readonly hung = new Set<number>();
  /** Cards whose engine fails. */
  readonly broken = new Set<number>();
  /** How long a walk takes. */
  walkMs = 100;
  walks = 0;

  async walk(card: number, tableSeed: string, walkSeed: Uint8Array): Promise<Uint8Array[] | null> {
    this.walks += 1;
    await this.#work(card);
    return this.tables.get(card) === tableSeed ? [scriptedRoot(tableSeed, walkSeed)] : null;
  }

  async reveal(
    card: number,
    tableSeed: string,
    walkSeed: Uint8Array,
    _rounds: number,
    openings: readonly WalkerOpening[],
  ): Promise<WalkerReveal[] | null> {
    await this.#work(card);
    if (this.tables.get(card) !== tableSeed) return null;
    return openings.map((opening) => ({
      ...opening,
      leaf: scriptedLeaf(tableSeed, walkSeed, opening.walker),
      path: '',
    }));
  }

  async #work(card: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, this.walkMs));
    if (this.broken.has(card)) throw new Error('The driver was reset.');
    while (this.hung.has(card)) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}
