import type { ClickHouseClient } from '@clickhouse/client';
import type { EnrolledFact } from '../../scoring/facts/facts.js';
import { type Collision, collisions, showersOf } from '../../scoring/queries/collisions.js';
import type { DeviceState, Devices } from '../devices/devices.js';
import type { Pepper } from '../hardware/pepper.js';
import type { ClaimedValue } from './groups.js';

/** Collisions that are read at once, and pages at most: what is beyond is looked at when what is before it is gone. */
const pageLength = 1_000;
const pages = 100;
/** Devices of a crowd that shows one value: of these those are taken that have something at stake. */
const mostShowers = 10_000;
/** Devices whose claims are compared in one go, so that nothing stands still for it. */
const atOnce = 5_000;

export interface ClaimedValuesParts {
  readonly clickhouse: ClickHouseClient;
  readonly devices: Pick<Devices, 'all' | 'get'>;
  readonly pepper: Pick<Pepper, 'claimedId'>;
}

/** Verified devices, and those that were: whoever has never passed an exam has no place that another could want. */
export const isAtStake = ({ status }: Pick<DeviceState, 'status'>): boolean =>
  status === 'verified' || status === 'suspended' || status === 'quarantined';

/** What devices claim: by their enrolments, which all verifiers have in memory, and by the reports of the record. */
export class ClaimedValues {
  readonly #parts: ClaimedValuesParts;
  /** Of ids that were recorded in the clear. */
  readonly #hashes = new Map<string, string>();

  constructor(parts: ClaimedValuesParts) {
    this.#parts = parts;
  }

  /**
   * Values that may be claimed by several devices that have something at stake; the UUIDs of those devices too.
   * @throws the record's errors
   */
  async shared(): Promise<ClaimedValue[]> {
    const claimed = await this.#claimed();
    const values: ClaimedValue[] = [];
    const add = (collision: Collision, showers: Collision['showers']) => {
      for (const [device, card] of showers)
        values.push({ kind: collision.kind, hash: collision.hash, device, card });
    };
    let after: Collision | null = null;
    for (let page = 0; page < pages; page += 1) {
      const found: Collision[] = await collisions(this.#parts.clickhouse, after, pageLength);
      for (const collision of found) add(collision, await this.#showers(collision));
      after = found.at(-1) ?? null;
      if (found.length < pageLength) break;
    }
    for (const [hash, cards] of claimed)
      if (cards.length > 1)
        for (const [device, card] of cards) values.push({ kind: 'gpu-uuid', hash, device, card });
    // By their UUIDs the GPUs of one board are told apart.
    const named = new Set(values.map(({ device }) => device));
    for (const device of named) {
      const state = this.#parts.devices.get(device);
      for (const [hash, card] of state === undefined ? [] : this.idsIn(state.enrolment))
        values.push({ kind: 'gpu-uuid', hash, device, card });
    }
    return values;
  }

  /** Ids of GPUs that an enrolment claims, each with its card. */
  idsIn({ cards }: Pick<EnrolledFact, 'cards'>): (readonly [hash: string, card: number])[] {
    return cards.flatMap(({ hardwareId }, card) =>
      hardwareId === undefined ? [] : [[this.#hashOf(hardwareId), card] as const],
    );
  }

  /** Who still claims one value, of those at stake. @throws the record's errors */
  async claimantsOf(kind: Collision['kind'], hash: string): Promise<ReadonlyMap<string, number>> {
    const { clickhouse, devices } = this.#parts;
    const showers = await showersOf(clickhouse, { kind, hash }, mostShowers);
    const claimed = kind === 'gpu-uuid' ? ((await this.#claimed()).get(hash) ?? []) : [];
    return new Map([...showers, ...claimed].filter(([device]) => this.#isAtStake(devices.get(device))));
  }

  async #showers(collision: Collision): Promise<Collision['showers']> {
    const { clickhouse, devices } = this.#parts;
    const all =
      collision.devices > collision.showers.length
        ? await showersOf(clickhouse, collision, mostShowers)
        : collision.showers;
    return all.filter(([device]) => this.#isAtStake(devices.get(device)));
  }

  async #claimed(): Promise<ReadonlyMap<string, (readonly [device: string, card: number])[]>> {
    const claimed = new Map<string, (readonly [string, number])[]>();
    let compared = 0;
    for (const state of this.#parts.devices.all()) {
      compared += 1;
      if (compared % atOnce === 0) await new Promise((resolve) => setImmediate(resolve));
      if (!isAtStake(state)) continue;
      for (const [hash, card] of this.idsIn(state.enrolment)) {
        const known = claimed.get(hash);
        if (known === undefined) claimed.set(hash, [[state.device, card]]);
        else known.push([state.device, card]);
      }
    }
    return claimed;
  }

  #isAtStake = (state: DeviceState | undefined): boolean => state !== undefined && isAtStake(state);

  #hashOf(hardwareId: string): string {
    if (/^[0-9a-f]{64}$/.test(hardwareId)) return hardwareId;
    const known = this.#hashes.get(hardwareId) ?? this.#parts.pepper.claimedId(hardwareId);
    this.#hashes.set(hardwareId, known);
    return known;
  }
}
