import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import type { SweepBeacon, SweepDocument, SweepDocumentMember } from '../../protocol/messages/sweep.js';
import { PreimageChain } from './chain.js';
import { drawOrder, eligibleHash } from './draw.js';
import { provenTogether } from './proven.js';
import { type SweepSeedPurpose, sweepSeed } from './seed.js';
import { spreadOf } from './spread.js';
import { findReuse, verifySweep } from './verify.js';

const hex = (name: string): string => createHash('sha256').update(name).digest('hex');
const chain = new PreimageChain(new Uint8Array(32).fill(7), 30);
const index = 12;
const preimage = chain.preimage(index);
const beacon = (name: string): SweepBeacon => ({ source: 'solana', round: 5, value: hex(name) });
const beacons = { arm: null, compute: beacon('compute'), memory: beacon('memory') };
const devices = Array.from({ length: 40 }, (_, i) => hex(`device ${i}`));

const seed = (device: string, purpose: SweepSeedPurpose, of: SweepBeacon): string =>
  toHex(sweepSeed({ preimage, device, beacon: of?.value ?? null, card: 0, purpose }));

const member = (device: string, i: number): SweepDocumentMember => ({
  device,
  card: 0,
  exam: `ex_${hex(device).slice(0, 32)}`,
  computeGoMs: i,
  memoryGoMs: i / 2,
  verifier: `ve_${'0'.repeat(16)}`,
  kind: 'gpu',
  hardware: hex(`chip of ${device}`),
  outcome: 'passed',
  class: 'rtx-4090',
  compute: { attempts: 1, seed: seed(device, 'compute', beacons.compute) },
  memory: {
    attempts: 1,
    tableSeed: seed(device, 'table', beacons.arm),
    walkSeed: seed(device, 'walk', beacons.memory),
  },
});

function sound(changes: Partial<SweepDocument> = {}): SweepDocument {
  const members = drawOrder(preimage, devices).slice(0, 10).map(member);
  return {
    version: 'touchstone/v1/sweep',
    sweep: `sw_${'1'.repeat(32)}`,
    sweepKind: 'random',
    chain: hex('chain'),
    index,
    preimage: toHex(preimage),
    beacons,
    startedAt: 2_000,
    computeAt: 3_000,
    memoryAt: 4_000,
    spread: {
      compute: spreadOf(members.map(({ computeGoMs }) => computeGoMs ?? 0)),
      memory: spreadOf(members.map(({ memoryGoMs }) => memoryGoMs ?? 0)),
    },
    clocks: [{ verifier: `ve_${'0'.repeat(16)}`, errorMs: 0.2 }],
    eligible: { count: devices.length, hash: eligibleHash(devices), devices },
    drawn: 10,
    head: toHex(chain.head),
    length: 30,
    headAt: 1_000,
    members,
    proven: provenTogether(members),
    ...changes,
  };
}

/** The file with one of its members changed. */
function withMember(change: Partial<SweepDocumentMember>): SweepDocument {
  const document = sound();
  return { ...document, members: document.members.map((one, i) => (i === 3 ? { ...one, ...change } : one)) };
}

const codesOf = (document: unknown, known = {}) =>
  verifySweep(document, known).findings.map(({ code }) => code);

describe('the file of a sweep', () => {
  it('is right where all follows', () => {
    expect(verifySweep(sound(), { head: toHex(chain.head) })).toMatchObject({
      ok: true,
      findings: [],
      seeds: 30,
    });
  });

  const other = hex('anything else');
  const stranger = hex('a device that is not on the list');
  it.each<[string, SweepDocument, string[]]>([
    ['a preimage of another place', sound({ index: 11 }), ['sweep.chain-broken']],
    ['a head that came late', sound({ headAt: 2_001 }), ['sweep.head-late']],
    ['a place that the chain has not', sound({ length: 11 }), ['sweep.chain-broken']],
    [
      'a list that was changed',
      sound({ eligible: { count: 40, hash: other, devices } }),
      ['sweep.wrong-list'],
    ],
    [
      'a member that was not drawn',
      sound({ drawn: 10, eligible: { count: 1, hash: eligibleHash([other]), devices: [other] } }),
      Array(10).fill('sweep.wrong-draw'),
    ],
    ['more members than were drawn', sound({ drawn: 9 }), ['sweep.wrong-draw']],
    [
      'a spread that was made nicer',
      sound({ spread: { compute: null, memory: null } }),
      ['sweep.wrong-spread', 'sweep.wrong-spread'],
    ],
    ['a figure that was made larger', sound({ proven: 11 }), ['sweep.wrong-count']],
    ['an easier compute seed', withMember({ compute: { attempts: 1, seed: other } }), ['sweep.wrong-seed']],
    [
      'a walk that was known ahead',
      withMember({ memory: { attempts: 1, tableSeed: other, walkSeed: other } }),
      ['sweep.wrong-seed', 'sweep.wrong-seed'],
    ],
    ['one who did not pass', withMember({ outcome: 'failed' }), ['sweep.wrong-count']],
    [
      'a chip that is there twice',
      withMember({ hardware: sound().members[0]?.hardware ?? null }),
      ['sweep.wrong-count'],
    ],
    [
      'one who is asked in the name of another',
      withMember({ device: stranger }),
      ['sweep.wrong-draw', 'sweep.wrong-seed', 'sweep.wrong-seed', 'sweep.wrong-seed'],
    ],
  ])('is found out with %s', (_, document, findings) => {
    expect(codesOf(document)).toEqual(findings);
  });

  it('has no seeds to check of one who was asked again, and does not count it', () => {
    const again = withMember({ compute: { attempts: 2, seed: other } });
    expect(codesOf(again)).toEqual(['sweep.wrong-count']);
    expect(codesOf({ ...again, proven: 9 })).toEqual([]);
  });

  it('is not of one instant where its members went one after the other', () => {
    const document = sound();
    const members = document.members.map((one, i) => ({ ...one, computeGoMs: i * 100 }));
    const spread = { ...document.spread, compute: spreadOf(members.map(({ computeGoMs }) => computeGoMs)) };
    expect(codesOf({ ...document, members, spread })).toEqual(['sweep.not-together']);
  });

  it('is held against the head that is known', () => {
    expect(codesOf(sound(), { head: other })).toEqual(['sweep.other-head']);
  });

  it('shares its preimage with no other', () => {
    const copy = { ...sound(), sweep: `sw_${'2'.repeat(32)}` };
    expect(findReuse([sound(), sound()])).toEqual([]);
    expect(findReuse([sound(), copy, 'junk']).map(({ code }) => code)).toEqual(['sweep.preimage-used-twice']);
  });

  it('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (junk) => {
        expect(codesOf(junk)).toEqual(['sweep.not-a-sweep']);
      }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(sound())), fc.anything(), (key, junk) => {
        const { findings, ok } = verifySweep({ ...sound(), [key]: junk });
        expect(ok).toBe(findings.length === 0);
      }),
    );
  });
});

describe('seeds of a sweep', () => {
  it('differ by device, card, purpose, beacon and preimage', () => {
    const input = fc.record({
      device: fc.constantFrom(...devices.slice(0, 3)),
      card: fc.nat(3),
      purpose: fc.constantFrom<SweepSeedPurpose>('compute', 'table', 'walk'),
      beacon: fc.constantFrom(null, hex('a'), hex('b')),
      preimage: fc.constantFrom(1, 2).map((at) => chain.preimage(at)),
    });
    fc.assert(
      fc.property(input, input, (a, b) => {
        const same = toHex(sweepSeed(a)) === toHex(sweepSeed(b));
        const text = (of: typeof a) => JSON.stringify({ ...of, preimage: toHex(of.preimage) });
        expect(same).toBe(text({ ...b, ...a }) === text({ ...a, ...b }));
      }),
    );
  });

  it('are made of exactly the bytes that docs/sweeps.md says', () => {
    const [device = ''] = devices;
    const bytes = Buffer.concat([
      Buffer.from('touchstone/v1/sweep-seed'),
      preimage,
      Buffer.from(device, 'hex'),
      Buffer.alloc(32),
      Buffer.from([3, 0, 0, 0]),
      Buffer.from([2, 0, 0, 0]),
    ]);
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(toHex(sweepSeed({ preimage, device, beacon: null, card: 3, purpose: 'walk' }))).toBe(expected);
  });
});
