import { expect, vi } from 'vitest';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import type { Clock } from '../../../protocol/clock.js';
import { uniformFrom } from '../../../protocol/testing/uniform.js';
import { firstTag, nextTag } from '../../../protocol/transcript.js';
import { provenTime } from '../../../scoring/formula/v1/lease/proven.js';
import { lengthOf } from '../../../scoring/formula/v1/lease/stretches.js';
import { Line } from './line.js';
import { HourRecord } from './record.js';
import { identity, Rig } from './rig.js';
import { openStation } from './station.js';

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** Time by the timers of the test, which are held still. */
const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** A verifier and a supplier with real code on both sides, joined by a line that fails, on held timers. */
export class VirtualHour {
  readonly line = new Line();
  readonly record = new HourRecord();
  readonly cards: number;
  readonly rig: Rig;
  station: ReturnType<typeof openStation>;
  /** When all cards had their tables. */
  begin = 0;
  readonly #uniform: () => number;

  constructor(seed: number, cards = 1) {
    this.cards = cards;
    this.#uniform = uniformFrom(seed);
    const uniform = this.#uniform;
    this.station = this.#open();
    this.rig = new Rig({ line: this.line, clock, cards, uniform, accept: (end) => this.station.accept(end) });
  }

  static async begin(seed: number, cards = 1): Promise<VirtualHour> {
    const all = new VirtualHour(seed, cards);
    all.rig.switchOn();
    await all.pass(second);
    const settled = all.station.settleIn();
    await all.pass(10 * second);
    await settled;
    all.begin = clock.now();
    return all;
  }

  pass(ms: number): Promise<unknown> {
    return vi.advanceTimersByTimeAsync(ms);
  }

  /** Nothing goes through for so long. */
  async cut(ms: number): Promise<void> {
    this.line.cut();
    await this.pass(ms);
    this.line.mend();
  }

  /** Until nothing that was still owed can be open: a probe after the outage. */
  async rest(ms = 40 * minute): Promise<void> {
    await this.pass(ms);
  }

  /** Proven share and gaps of a card from its tables on. */
  proven(card = 0, from = this.begin, to = clock.now()) {
    const entries = this.record.entriesOf(card);
    const { stretches, gaps } = provenTime({ from, to, entries, ours: [], endProven: this.rig.connected });
    const [proven, missing] = [lengthOf(stretches), lengthOf(gaps)];
    return { share: proven / (proven + missing), missingMs: missing, gaps };
  }

  codes(): string[] {
    return this.record.probes.map(({ code }) => code);
  }

  /** Each entry follows from the one before, in every transcript of every card. */
  expectChained(): void {
    for (let card = 0; card < this.cards; card += 1) {
      const heads = new Map<string, { index: number; tag: Uint8Array }>();
      for (const { transcript, index, tag, root } of this.record.entriesOf(card)) {
        const last = heads.get(transcript) ?? { index: 0, tag: firstTag(identity.device, card, transcript) };
        expect(index).toBe(last.index + 1);
        expect(tag).toBe(toHex(nextTag(last.tag, index, fromHex(root))));
        heads.set(transcript, { index, tag: fromHex(tag) });
      }
    }
  }

  async close(): Promise<void> {
    await this.rig.close();
    this.station.close();
    await this.pass(5 * second);
  }

  #open() {
    const { record, cards } = this;
    return openStation({ record, clock, cards, uniform: this.#uniform });
  }
}
