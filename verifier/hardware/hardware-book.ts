import type { Finding } from '../../protocol/messages/hardware.js';
import type { Fact } from '../../scoring/facts/facts.js';
import { type HardwareRecord, hardwareRecordOf } from '../../scoring/queries/hardware.js';

/** What stands against a device by its own word, and the fact that holds it. */
export interface Standing {
  /** Of the report. */
  readonly fact: string;
  /** Cards that say of themselves that they are slices, and are claimed as whole ones. */
  readonly refusals: readonly Finding[];
}

/**
 * What every device's latest report comes to: loaded from the record at the start, moved on by every fact, ours and others'. The
 * reports themselves stay in the record.
 */
export class HardwareBook {
  readonly #records = new Map<string, HardwareRecord>();
  readonly #byWorst = new Map<string, number>(worsts.map((worst) => [worst, 0]));

  constructor(records: readonly HardwareRecord[]) {
    this.reload(records);
  }

  /** Null where it made no report. */
  of(device: string): HardwareRecord | null {
    return this.#records.get(device) ?? null;
  }

  /** Null where nothing stands against it. */
  standing(device: string): Standing | null {
    const record = this.#records.get(device);
    const refusals = record === undefined ? [] : refusalsIn(record.findings);
    return record === undefined || refusals.length === 0 ? null : { fact: record.fact, refusals };
  }

  /** How many devices there are by the gravest finding in their report; `none` where nothing was found. */
  byWorst(): ReadonlyMap<string, number> {
    return this.#byWorst;
  }

  /** Takes in facts that are durable. In whatever order they come, and how often, the latest stands. */
  apply(facts: readonly Fact[]): void {
    for (const fact of facts) if (fact.kind === 'hardware.reported') this.#take(hardwareRecordOf(fact));
  }

  /** The record was read again, because facts may have been missed. What is newer here stays. */
  reload(records: readonly HardwareRecord[]): void {
    for (const record of records) this.#take(record);
  }

  #take(record: HardwareRecord): void {
    const known = this.#records.get(record.device);
    if (known !== undefined && record.at < known.at) return;
    if (known !== undefined) this.#count(known, -1);
    this.#records.set(record.device, record);
    this.#count(record, 1);
  }

  #count({ findings }: HardwareRecord, by: number): void {
    const worst = worstIn(findings);
    this.#byWorst.set(worst, (this.#byWorst.get(worst) ?? 0) + by);
  }
}

const worsts = ['refusal', 'evidence', 'note', 'none'] as const;

const worstIn = (findings: readonly Finding[]): string =>
  worsts.find((worst) => findings.some(({ severity }) => severity === worst)) ?? 'none';

export const refusalsIn = (findings: readonly Finding[]): readonly Finding[] =>
  findings.filter(({ severity }) => severity === 'refusal');
