import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { type ClaimedCard, claimsToSend, withClaims } from './claimed.js';
import { mergeFacts } from './merge.js';
import { sealReport } from './report.js';

const key = new Uint8Array(32).fill(9);
const gpu = (model: string, more: Partial<CardClaim> = {}, bus?: string): ClaimedCard => ({
  claim: { kind: 'gpu', model, memoryBytes: 0, engine: null, ...more },
  bus,
});
const cpu: ClaimedCard = { claim: { kind: 'cpu', model: 'A', memoryBytes: 1, engine: null } };

const card = (name: string, bus: string | null, ...uuids: string[]) => ({
  name,
  bus,
  ids: uuids.map((value) => ({ kind: 'gpu-uuid' as const, value })),
});
const report = mergeFacts([
  {
    name: 'nvidia-smi',
    facts: {
      cards: [
        card('NVIDIA A', '0000:01:00.0', 'GPU-a1b2c3'),
        card('NVIDIA B', '0000:02:00.0'),
        card('NVIDIA C', null),
        card('NVIDIA C', null),
        card('NVIDIA D', '0000:05:00.0', 'GPU-d', 'MIG-1', 'MIG-2'),
      ],
    },
  },
]);
const places = (claims: readonly ClaimedCard[]) => withClaims(report, claims).cards.map(({ claim }) => claim);

describe('the claim of a reported card', () => {
  it('is found by its UUID, else by its place on the bus, else by its name, in order', () => {
    const claims = [
      cpu,
      gpu('C'),
      gpu('Renamed', { hardwareId: 'gpu-A1B2C3 ' }, '0000:02:00.0'),
      gpu('Renamed too', {}, '00000000:02:00.0'),
      gpu('nvidia c'),
    ];
    expect(places(claims)).toEqual([2, 3, 1, 4, null]);
  });

  it('is, for a card that is split, the first of its slices', () => {
    const slice = (id: string) => gpu('NVIDIA D MIG 1g.10gb', { hardwareId: id }, '0000:05:00.0');
    expect(places([slice('MIG-2'), slice('MIG-1')])).toEqual([null, null, null, null, 0]);
  });

  it('is none where nothing fits, and no other kind of card has the name of a GPU', () => {
    expect(places([])).toEqual([null, null, null, null, null]);
    const software = { ...gpu('NVIDIA C'), claim: { ...gpu('NVIDIA C').claim, kind: 'software' as const } };
    expect(places([software, gpu('', {}, '')])).toEqual([null, null, null, null, null]);
  });
});

describe('claims as they are sent', () => {
  it('carry the same hash as the report does, and no id without a key', () => {
    const claims = [gpu('A', { hardwareId: 'GPU-A1B2C3', driver: '1' }), cpu];
    const [sent, other] = claimsToSend(claims, key);
    expect(sent?.hardwareId).toBe(sealReport(report, key).components[0]?.hash);
    expect(other).toEqual(cpu.claim);
    expect(claimsToSend(claims, null)[0]).toEqual(gpu('A', { driver: '1' }).claim);
  });

  it('carry no id that many cards share: two would be taken for one', () => {
    for (const id of ['GPU-00000000-0000-0000-0000-000000000000', 'GPU-????????-????-????-????-????????????'])
      expect(claimsToSend([gpu('A', { hardwareId: id })], key)[0]).toEqual(gpu('A').claim);
  });
});
