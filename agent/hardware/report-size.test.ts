import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { HardwareReport } from '../../protocol/messages/hardware.js';
import { mergeFacts } from './merge.js';
import { sealReport } from './report.js';
import { reportWithin, roomBeside } from './report-size.js';

const valid = Compile(HardwareReport);
const key = new Uint8Array(32);
const size = (report: unknown): number => Buffer.byteLength(JSON.stringify(report));

/** A host with so many cards and disks, everything about them known and long. */
function host(cards: number, disks: number): HardwareReport {
  const long = '\u{1f680}'.repeat(60);
  const raw = mergeFacts([
    {
      name: 'nvidia-smi',
      facts: {
        cards: [...Array(cards).keys()].map((at) => ({
          name: long,
          architecture: long,
          bus: `0000:${at.toString(16).padStart(2, '0')}:00.0`,
          vbios: long,
          driver: long,
          migSlices: Array(7).fill({ profile: long, memoryMiB: 9856, sms: 14 }),
          ids: (['gpu-uuid', 'gpu-pdi', 'gpu-serial'] as const).map((kind) => ({
            kind,
            value: `${kind} ${at}`,
          })),
        })),
        host: { disks: Array(Math.min(disks, 64)).fill({ model: long, gigabytes: 4000 }), kernel: '6.1' },
        ids: [...Array(disks).keys()].map((at) => ({ kind: 'disk' as const, value: `disk ${at}` })),
      },
    },
  ]);
  const sealed = sealReport(raw, key);
  return { ...sealed, cards: sealed.cards.map((card, at) => ({ ...card, claim: at % 2 === 0 ? at : null })) };
}

describe('a report within a request', () => {
  it('is sent as it is where it fits', () => {
    const report = host(2, 3);
    expect(reportWithin(report, size(report))).toBe(report);
  });

  it('leaves out what says least first, and says so', () => {
    const report = host(2, 300);
    const lighter = reportWithin(report, size(report) - 1);
    expect(lighter).toMatchObject({
      cards: report.cards,
      components: report.components,
      host: { disks: [], kernel: '6.1' },
    });
    expect(lighter?.unread[0]).toContain('disks left out');
    const lightest = reportWithin(
      report,
      size({ ...report, components: [], host: { ...report.host, disks: [] } }) + 2000,
    );
    expect(lightest?.components).toEqual(report.components.filter(({ kind }) => kind !== 'disk'));
    expect(lightest?.cards).toHaveLength(2);
  });

  it('still names each id by the card that it belongs to where cards are left out', () => {
    const report = host(64, 0);
    const lighter = reportWithin(
      report,
      size({ ...report, cards: [] }) + size(report.cards.map((card) => ({ ...card, migSlices: [] }))) / 2,
    );
    const hashOf = (of: HardwareReport | null, bus: string | null) => {
      const card = of?.cards.findIndex((one) => one.bus === bus);
      return of?.components.filter((component) => component.card === card).map(({ hash }) => hash);
    };
    expect(lighter?.cards.length).toBeGreaterThan(8);
    expect(lighter?.cards.length).toBeLessThan(64);
    for (const { bus } of lighter?.cards ?? []) expect(hashOf(lighter, bus)).toEqual(hashOf(report, bus));
  });

  it('is valid and small enough, or none, whatever the host and the room', () => {
    fc.assert(
      fc.property(fc.nat(64), fc.nat(400), fc.nat(limits.bodyBytes), (cards, disks, room) => {
        const within = reportWithin(host(cards, disks), room);
        if (within === null) return;
        expect(size(within)).toBeLessThanOrEqual(room);
        expect([...valid.Errors(within)]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('has room beside the longest claims', () => {
    const text = '\u{1f680}'.repeat(60);
    const claim = {
      kind: 'gpu',
      model: text,
      vendor: 'NVIDIA',
      memoryBytes: 2 ** 40,
      hardwareId: 'ab'.repeat(32),
      driver: '595.58.03',
      engine: 'onnx-cuda',
      memoryEngine: 'webgpu',
      warmupGflops: 1234.5678,
      tableGops: 12.345678,
    };
    const room = roomBeside({ cards: Array(limits.cards).fill(claim) });
    expect(room).toBeGreaterThan(16_000);
    expect(reportWithin(host(64, 400), room)?.components.length).toBeGreaterThan(0);
  });
});
