import { createHmac } from 'node:crypto';
import { componentHash } from '../../protocol/fingerprint.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import type { ComponentKind } from '../../protocol/messages/hardware.js';

/** As a component leaves its host, and as it is recorded. */
const isHash = (id: string): boolean => /^[0-9a-f]{64}$/.test(id);

/**
 * Hashes identifying values a second time, with a secret of ours: the first key is public, so that whoever had the record could
 * try values one by one (ADR 10).
 */
export class Pepper {
  readonly #secret: Uint8Array;
  readonly #networkKey: Uint8Array;

  /**
   * @param secret 32 bytes, the same at all verifiers that share a record
   * @param networkKey 32 bytes, the `fingerprintKey` that agents hash with
   */
  constructor(secret: Uint8Array, networkKey: Uint8Array) {
    this.#secret = secret;
    this.#networkKey = networkKey;
  }

  /** A component as it is recorded. @param hash as it left its host @returns 64 hexadecimal digits */
  component(kind: ComponentKind, hash: string): string {
    return createHmac('sha256', this.#secret).update(`${kind}\0${hash}`).digest('hex');
  }

  /** The `hardwareId` of a claim: an agent of before reports said it in the clear. */
  claimedId(said: string): string {
    const hash = isHash(said) ? said : componentHash(this.#networkKey, 'gpu-uuid', said);
    return this.component('gpu-uuid', hash);
  }

  /**
   * Claims as they are recorded. Of a card that was recorded with its id in the clear, before ids were hashed, the record keeps its
   * way of writing it: a roll-out of agents is no change of hardware, and what was proven of the card stays proven.
   *
   * @param before as they are on record; empty where there are none
   */
  claims(said: readonly CardClaim[], before: readonly CardClaim[]): CardClaim[] {
    const plain = before.flatMap(({ hardwareId }) =>
      hardwareId === undefined || isHash(hardwareId)
        ? []
        : [[this.claimedId(hardwareId), hardwareId] as const],
    );
    const recorded = new Map(plain);
    return said.map((claim) => {
      if (claim.hardwareId === undefined) return claim;
      const id = this.claimedId(claim.hardwareId);
      return { ...claim, hardwareId: recorded.get(id) ?? id };
    });
  }
}
