import { describe, expect, it } from 'vitest';
import { deviceId } from '../../scoring/testing/facts.js';
import { cardAttested } from '../../scoring/testing/hardware-facts.js';
import { AttestedCards, attestedMs } from './attested-cards.js';

const [device, other] = [deviceId('one'), deviceId('two')];
const first = cardAttested(device, 1000);
const { hardware, key } = first;

describe('an attestation', () => {
  it('speaks for its card for a day, as long as that claims to be the same', () => {
    const cards = new AttestedCards([first]);
    expect(cards.of(device, 0, hardware, 1000 + attestedMs - 1)).toEqual(first);
    expect(cards.of(device, 0, hardware, 1000 + attestedMs)).toBeNull();
    expect(cards.of(device, 0, deviceId('another card'), 1001)).toBeNull();
    expect(cards.of(device, 1, hardware, 1001)).toBeNull();
    expect(cards.of(other, 0, hardware, 1001)).toBeNull();
  });

  it('holds its chip for a day', () => {
    const cards = new AttestedCards([first]);
    expect(cards.holderOf(key, 1001)).toEqual(first);
    expect(cards.holderOf(key, 1000 + attestedMs)).toBeNull();
    expect(cards.holderOf(deviceId('another chip'), 1001)).toBeNull();
  });

  it('is the latest of its card, whatever comes late or twice', () => {
    const cards = new AttestedCards([]);
    const second = cardAttested(device, 2000, { chip: 'GB100' });
    cards.apply([second, first, second]);
    cards.reload([first]);
    expect(cards.of(device, 0, hardware, 2001)?.chip).toBe('GB100');
  });
});
