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
    const own = { key, device, card: 0, hardware };
    expect(cards.speaksElsewhere(own, 1001)).toBe(false);
    expect(cards.speaksElsewhere({ ...own, card: 1 }, 1001)).toBe(false);
    expect(cards.speaksElsewhere({ ...own, card: 1, hardware: deviceId('another card') }, 1001)).toBe(true);
    expect(cards.speaksElsewhere({ ...own, device: other }, 1001)).toBe(true);
    expect(cards.speaksElsewhere({ ...own, device: other }, 1000 + attestedMs)).toBe(false);
    expect(cards.speaksElsewhere({ ...own, device: other, key: deviceId('another chip') }, 1001)).toBe(false);
  });

  it('tells cards without ids apart by their places', () => {
    const cards = new AttestedCards([{ ...first, hardware: '' }]);
    const unnamed = { key, device, hardware: '' };
    expect(cards.speaksElsewhere({ ...unnamed, card: 0 }, 1001)).toBe(false);
    expect(cards.speaksElsewhere({ ...unnamed, card: 1 }, 1001)).toBe(true);
  });

  it('speaks for nobody where two were let in at the same moment', () => {
    const cards = new AttestedCards([first, { ...first, device: other, at: 1001 }]);
    expect(cards.of(device, 0, hardware, 1002)).toBeNull();
    expect(cards.of(other, 0, hardware, 1002)).toBeNull();
    expect(cards.of(other, 0, hardware, 1000 + attestedMs)).not.toBeNull();
  });

  it('is the latest of its card, whatever comes late or twice', () => {
    const cards = new AttestedCards([]);
    const second = cardAttested(device, 2000, { chip: 'GB100' });
    cards.apply([second, first, second]);
    cards.reload([first]);
    expect(cards.of(device, 0, hardware, 2001)?.chip).toBe('GB100');
  });

  it('is forgotten when it is over, and lets go of its chip when its card is attested by another', () => {
    const cards = new AttestedCards([first]);
    const elsewhere = cardAttested(device, 1500, { card: 1, hardware });
    const swapped = cardAttested(device, 2000, { key: deviceId('another chip') });
    cards.apply([swapped]);
    const own = { key, device: other, card: 0, hardware };
    expect(cards.speaksElsewhere(own, 2001)).toBe(false);
    cards.apply([elsewhere]);
    expect(cards.speaksElsewhere(own, 2001)).toBe(true);
    cards.apply([cardAttested(other, 2000 + 2 * attestedMs, { key: deviceId('a third') })]);
    expect(cards.size).toBe(1);
  });
});
