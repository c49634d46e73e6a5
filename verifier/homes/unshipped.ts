import type { Fact } from '../../scoring/facts/facts.js';

/** What one verifier recorded at once, as the others hear of it. */
export interface FactEntry {
  readonly writer: string;
  /** 1, 2, 3, … of each writer. */
  readonly seq: number;
  readonly facts: readonly Fact[];
}

/** Entries of one writer that are kept at most; the oldest go first. Their facts are in the writer's journal all the same. */
const mostOfWriter = 20_000;

/** Facts of all verifiers that are on disk somewhere and, for all we know, not in ClickHouse yet. */
export class Unshipped {
  readonly #writers = new Map<string, FactEntry[]>();

  add(entry: FactEntry): void {
    const entries = this.#writers.get(entry.writer) ?? [];
    this.#writers.set(entry.writer, entries);
    entries.push(entry);
    if (entries.length > mostOfWriter) entries.shift();
  }

  /** All up to `seq` of a writer are in ClickHouse. */
  shipped(writer: string, seq: number): void {
    const entries = this.#writers.get(writer);
    if (entries === undefined) return;
    const left = entries.filter((entry) => entry.seq > seq);
    if (left.length === 0) this.#writers.delete(writer);
    else this.#writers.set(writer, left);
  }

  /** Verifiers that are gone, and whose facts others have taken over, or nobody can. */
  keepOnly(writers: ReadonlySet<string>): void {
    for (const writer of this.#writers.keys()) if (!writers.has(writer)) this.#writers.delete(writer);
  }

  of(writer: string): readonly FactEntry[] {
    return this.#writers.get(writer) ?? [];
  }

  /** All of them, oldest first. */
  all(): Fact[] {
    return this.#where(() => true);
  }

  /** Those about one device, oldest first. */
  about(device: string): Fact[] {
    return this.#where((fact) => 'device' in fact && fact.device === device);
  }

  #where(is: (fact: Fact) => boolean): Fact[] {
    const facts = [...this.#writers.values()].flatMap((entries) =>
      entries.flatMap((entry) => entry.facts.filter(is)),
    );
    return facts.sort((a, b) => a.at - b.at);
  }
}
