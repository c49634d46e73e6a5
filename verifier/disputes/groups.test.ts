import { describe, expect, it } from 'vitest';
import { type ClaimedValue, groupClaims } from './groups.js';

const value = (kind: ClaimedValue['kind'], hash: string, device: string, card = 0): ClaimedValue => ({
  kind,
  hash,
  device,
  card,
});
const shown = (values: readonly ClaimedValue[]) =>
  groupClaims(values).map(({ kind, hashes, cards }) => [kind, [...hashes], Object.fromEntries(cards)]);

describe('devices that claim one GPU', () => {
  it('are one group, also where several values say so', () => {
    const values = ['a', 'b'].flatMap((device) => [
      value('gpu-serial', 's', device, 1),
      value('gpu-uuid', 'u', device, 1),
      value('gpu-pdi', 'p', device, 1),
      value('gpu-uuid', 'u', device, 1),
    ]);
    expect(shown(values)).toEqual([['gpu-uuid', ['u', 'p', 's'], { a: 1, b: 1 }]]);
  });

  it('are no group by what tells hosts, nor by what one device alone shows', () => {
    expect(
      shown([value('machine-id', 'm', 'a'), value('machine-id', 'm', 'b'), value('gpu-uuid', 'u', 'a')]),
    ).toEqual([]);
    expect(shown([value('gpu-serial', 's', 'a', 0), value('gpu-serial', 's', 'a', 1)])).toEqual([]);
  });

  it('are none by the serial of a board whose GPUs are in different machines', () => {
    const boards = [
      value('gpu-serial', 's', 'a'),
      value('gpu-serial', 's', 'b'),
      value('gpu-uuid', 'u1', 'a'),
      value('gpu-uuid', 'u2', 'b'),
    ];
    expect(shown(boards)).toEqual([]);
    expect(shown(boards.slice(0, 3))).toEqual([['gpu-serial', ['s'], { a: 0, b: 0 }]]);
  });

  it('have one id of a dispute for one value, wherever it is computed', () => {
    const [one] = groupClaims([value('gpu-uuid', 'u', 'a'), value('gpu-uuid', 'u', 'b')]);
    const [other] = groupClaims([value('gpu-uuid', 'u', 'c'), value('gpu-uuid', 'u', 'b')]);
    expect(one?.dispute).toMatch(/^di_[0-9a-f]{32}$/);
    expect(one?.dispute).toBe(other?.dispute);
  });
});
