import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { HardwareReport } from '../../protocol/messages/hardware.js';
import { mergeFacts, type ReadSource } from './merge.js';
import { sealReport } from './report.js';
import type { RawCard } from './source.js';
import { oddFacts } from './testing/odd-facts.js';

const report = Compile(HardwareReport);
const key = new Uint8Array(32).fill(1);

const uuid = (at: number): string => `GPU-${String(at).padStart(8, '0')}-1111-2222-3333-444444444444`;
const bus = (at: number): string => `0000:${String(at + 1).padStart(2, '0')}:00.0`;
const gpu = (at: number): RawCard['ids'] => [{ kind: 'gpu-uuid', value: uuid(at) }];
const from = (name: string, ...cards: RawCard[]): ReadSource => ({ name, facts: { cards } });

describe('a merged report', () => {
  it('has each card once, described by the best source that knows a value', () => {
    const { cards, ids } = mergeFacts([
      from('nvidia-smi', { name: 'NVIDIA A10', bus: '00000000:01:00.0', driver: null, ids: gpu(0) }),
      from('proc-nvidia', {
        procName: 'NVIDIA A40',
        bus: bus(0),
        ids: [{ kind: 'gpu-uuid', value: uuid(0).toUpperCase() }],
      }),
      from('lspci', {
        name: 'GA102GL',
        bus: bus(0),
        driver: 'nvidia',
        ids: [],
        busPci: { vendor: '10de', device: '2236', subVendor: null, subDevice: null },
      }),
    ]);
    expect(cards).toHaveLength(1);
    expect(cards[0]).toMatchObject({
      source: 'nvidia-smi',
      name: 'NVIDIA A10',
      // What another source says of the same stays beside it: a contradiction is for whoever reads it.
      procName: 'NVIDIA A40',
      busPci: { device: '2236' },
      pci: null,
      bus: '0000:01:00.0',
      driver: 'nvidia',
      claim: null,
    });
    expect(ids).toEqual([{ kind: 'gpu-uuid', value: uuid(0), card: 0 }]);
  });

  it('finds a card by its UUID where a source does not know its place, and by its name where it knows neither', () => {
    const { cards } = mergeFacts([
      from(
        'nvidia-smi',
        { name: 'NVIDIA A10', bus: bus(0), ids: gpu(0) },
        { name: 'NVIDIA A10', bus: bus(1), ids: gpu(1) },
      ),
      from('nvidia-smi-list', { sms: 72, ids: gpu(1) }),
      from(
        'rocm-smi',
        { name: 'A10', vbios: 'first', ids: [] },
        { name: 'nvidia a10', vbios: 'second', ids: [] },
        { name: 'MI210', ids: [] },
      ),
    ]);
    expect(cards.map(({ bus: place, sms, vbios, source }) => [place, sms, vbios, source])).toEqual([
      [bus(0), null, 'first', 'nvidia-smi'],
      [bus(1), 72, 'second', 'nvidia-smi'],
      [null, null, null, 'rocm-smi'],
    ]);
  });

  it('keeps two cards two that one source shows with one id, and one id in two places', () => {
    const twice = from('nvidia-smi', { bus: bus(0), ids: gpu(0) }, { bus: bus(1), ids: gpu(0) });
    expect(mergeFacts([twice]).ids.map(({ card }) => card)).toEqual([0, 1]);
    const moved = mergeFacts([
      from('nvidia-smi', { bus: bus(0), ids: gpu(0) }),
      from('proc-nvidia', { bus: bus(1), ids: gpu(0) }),
    ]);
    expect(moved.cards.map(({ bus: place, source }) => [place, source])).toEqual([
      [bus(0), 'nvidia-smi'],
      [bus(1), 'proc-nvidia'],
    ]);
  });

  it('puts the names and the memory of slices together', () => {
    const slice = { profile: null, memoryMiB: null, sms: null };
    const { cards, ids } = mergeFacts([
      from('nvidia-smi', {
        mig: true,
        migSlices: [
          { ...slice, memoryMiB: 9856 },
          { ...slice, memoryMiB: 4864 },
        ],
        bus: bus(0),
        ids: gpu(0),
      }),
      from('nvidia-smi-list', {
        migSlices: [
          { ...slice, profile: '1g.10gb' },
          { ...slice, profile: '1g.5gb' },
        ],
        ids: [...gpu(0), { kind: 'gpu-uuid', value: 'MIG-1' }],
      }),
    ]);
    expect(cards[0]?.migSlices).toEqual([
      { profile: '1g.10gb', memoryMiB: 9856, sms: null },
      { profile: '1g.5gb', memoryMiB: 4864, sms: null },
    ]);
    expect(ids.map(({ value }) => value)).toEqual([uuid(0), 'MIG-1']);
  });

  it('takes of the host the first that is known, part by part, and of lists the union', () => {
    const disk = { model: 'SSD', gigabytes: 500 };
    const { host, ids } = mergeFacts([
      {
        name: 'a',
        facts: {
          host: {
            kernel: null,
            wsl: false,
            disks: [disk, disk],
            preloads: ['x.so'],
            nvml: { version: '1', sha256: null },
          },
        },
      },
      {
        name: 'b',
        facts: {
          host: {
            kernel: '6.1',
            wsl: true,
            disks: [disk, { model: 'HDD', gigabytes: 4000 }],
            preloads: ['y.so', 'x.so'],
            nvml: { version: '2', sha256: 'ab'.repeat(32) },
          },
          ids: [
            { kind: 'mac', value: 'AA' },
            { kind: 'mac', value: 'aa ' },
            { kind: 'disk', value: 'aa' },
            { kind: 'mac', value: ' ' },
          ],
        },
      },
    ]);
    expect(host).toMatchObject({
      kernel: '6.1',
      wsl: true,
      disks: [disk, disk, { model: 'HDD', gigabytes: 4000 }],
      preloads: ['x.so', 'y.so'],
      nvml: { version: '1', sha256: 'ab'.repeat(32) },
    });
    expect(ids).toEqual([
      { kind: 'mac', value: 'AA', card: null },
      { kind: 'disk', value: 'aa', card: null },
    ]);
  });

  it('loses no card and makes up none, whatever source knows what of which and in whatever order they come', () => {
    const seen = fc.record({ bus: fc.boolean(), uuid: fc.boolean() });
    const machine = fc.integer({ min: 1, max: 16 }).chain((count) =>
      fc.record({
        count: fc.constant(count),
        // One that knows everything binds the others together.
        parts: fc.array(fc.record({ seen, cards: fc.subarray([...Array(count).keys()]) }), { maxLength: 4 }),
        order: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 5, maxLength: 5 }),
      }),
    );
    fc.assert(
      fc.property(machine, ({ count, parts, order }) => {
        const whole = { seen: { bus: true, uuid: true }, cards: [...Array(count).keys()] };
        const read = [whole, ...parts].map(({ seen: knows, cards }, at) =>
          from(
            `source-${at}`,
            ...cards.map((card) => ({
              name: `card ${card}`,
              ...(knows.bus && { bus: bus(card) }),
              ids: knows.uuid ? gpu(card) : [],
            })),
          ),
        );
        const shuffled = read
          .map((one, at) => ({ one, by: order[at] ?? 0 }))
          .sort((a, b) => a.by - b.by)
          .map(({ one }) => one);
        const merged = mergeFacts(shuffled);
        expect(merged.cards.map(({ name }) => name).sort()).toEqual(
          whole.cards.map((card) => `card ${card}`).sort(),
        );
        // The best source has its cards first, in its own order.
        const first = shuffled[0]?.facts.cards?.map(({ name }) => name) ?? [];
        expect(merged.cards.slice(0, first.length).map(({ name }) => name)).toEqual(first);
      }),
    );
  });

  it('is one that a verifier takes once it is sealed, whatever the sources say', () => {
    const read = fc.array(
      fc.record({ name: fc.constantFrom('nvidia-smi', 'lspci', 'dmi', ''), facts: oddFacts }),
      { maxLength: 4 },
    );
    fc.assert(
      fc.property(read, fc.array(fc.string({ unit: 'binary' }), { maxLength: 100 }), (facts, unread) => {
        const raw = mergeFacts(facts, unread);
        const sealed = sealReport(raw, key);
        expect([...report.Errors(sealed)]).toEqual([]);
        const cards = Math.max(0, ...facts.map((one) => one.facts.cards?.length ?? 0));
        expect(raw.cards.length).toBeGreaterThanOrEqual(Math.min(cards, limits.cards));
        // As it goes over the wire.
        expect(report.Check(JSON.parse(JSON.stringify(sealed)))).toBe(true);
      }),
    );
  });
});
