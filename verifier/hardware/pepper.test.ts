import { describe, expect, it } from 'vitest';
import { componentHash } from '../../protocol/fingerprint.js';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { Pepper } from './pepper.js';

const [secret, networkKey] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const pepper = new Pepper(secret, networkKey);
const uuid = 'GPU-d37e67a5-91dd-3774-a5cb-99096249601a';
const sent = componentHash(networkKey, 'gpu-uuid', uuid);
const claim = (hardwareId?: string): CardClaim => ({
  kind: 'gpu',
  model: 'RTX 4090',
  memoryBytes: 1,
  engine: null,
  ...(hardwareId !== undefined && { hardwareId }),
});
const idsOf = (claims: readonly CardClaim[]) => claims.map(({ hardwareId }) => hardwareId);

describe('an identifying value on record', () => {
  it('is neither the value nor what left the host, and cannot be made with the public key alone', () => {
    const recorded = pepper.component('gpu-uuid', sent);
    expect(recorded).toMatch(/^[0-9a-f]{64}$/);
    expect([uuid, sent]).not.toContain(recorded);
    expect(new Pepper(new Uint8Array(32), networkKey).component('gpu-uuid', sent)).not.toBe(recorded);
  });

  it('is equal for equal values of one kind, and of no other', () => {
    expect(pepper.component('disk', sent)).toBe(pepper.component('disk', sent));
    expect(pepper.component('disk', sent)).not.toBe(pepper.component('mac', sent));
  });
});

describe('the id of a claim', () => {
  it('is what the component of the same card is, whether the agent hashed it or is of before there were hashes', () => {
    const component = pepper.component('gpu-uuid', sent);
    expect(idsOf(pepper.claims([claim(sent), claim(uuid), claim()], []))).toEqual([
      component,
      component,
      undefined,
    ]);
  });

  it('stays written as it was recorded in the clear, so that an update of the agent is no other card', () => {
    expect(idsOf(pepper.claims([claim(sent)], [claim(uuid)]))).toEqual([uuid]);
    expect(idsOf(pepper.claims([claim(sent)], [claim('GPU-of-another')]))).not.toEqual([uuid]);
  });

  it('is not hashed again when it is said again', () => {
    const once = pepper.claims([claim(sent)], []);
    expect(pepper.claims([claim(sent)], once)).toEqual(once);
  });
});
