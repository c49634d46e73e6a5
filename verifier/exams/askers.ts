import type { ExamFact } from '../../scoring/facts/facts.js';

type Asker = (facts: readonly ExamFact[] | null) => void;

/** Who waits for the next exam of which device. */
export class Askers {
  readonly #askers = new Map<string, Asker[]>();

  has(device: string): boolean {
    return this.#askers.has(device);
  }

  /** @returns all cards' facts when the exam is on record; null where there will be none */
  wait(device: string): Promise<readonly ExamFact[] | null> {
    return new Promise((resolve) => {
      this.#askers.set(device, [...(this.#askers.get(device) ?? []), resolve]);
    });
  }

  /** To all who asked for an exam of the device. */
  answer(device: string, facts: readonly ExamFact[] | null): void {
    const askers = this.#askers.get(device) ?? [];
    this.#askers.delete(device);
    for (const answer of askers) answer(facts);
  }

  /** Nobody gets one any more. */
  close(): void {
    for (const device of [...this.#askers.keys()]) this.answer(device, null);
  }
}
