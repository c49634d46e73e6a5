import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HardwareReport, ReportedCard } from '../../protocol/messages/hardware.js';
import { finding } from '../../scoring/hardware/finding.js';
import { ordered, steadyHash, weightOf } from './same-report.js';
import { component, hardwareReport, reportedCard } from './testing/reports.js';

const steady = (report: HardwareReport) => steadyHash(ordered(report));

/** Four cards, each with ids of its own, and two of the host. */
const cards = [0, 1, 2, 3].map((index) => reportedCard({ claim: index, bus: `0000:0${index}:00.0` }));
const farm = hardwareReport({
  cards,
  components: [
    ...cards.map((_, index) => component('gpu-uuid', index, `uuid ${index}`)),
    ...['a', 'b'].map((disk) => component('disk', null, disk)),
  ],
});

/** The same, as a driver that lists in another order says it. */
function shuffled(report: HardwareReport, order: readonly number[], turn: number): HardwareReport {
  const moved = order.flatMap((from) => report.cards[from] ?? []);
  const turned = <T>(list: readonly T[]) => [...list.slice(turn), ...list.slice(0, turn)];
  return {
    ...report,
    host: { ...report.host, disks: turned(report.host.disks) },
    cards: moved,
    components: turned(
      report.components.map((one) => ({ ...one, card: one.card === null ? null : order.indexOf(one.card) })),
    ),
  };
}

describe('what two reports have in common', () => {
  it('does not depend on the order in which anything is listed', () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4 });
    fc.assert(
      fc.property(orders, fc.integer({ min: 0, max: 5 }), (order, turn) => {
        expect(ordered(shuffled(farm, order, turn))).toEqual(ordered(farm));
      }),
    );
  });

  it('stays through a restart: enforced power, clocks and the memory of the kernel change by themselves', () => {
    const restarted = hardwareReport({
      cards: [
        reportedCard({
          power: { defaultW: 450, minW: 150, maxW: 600, enforcedW: 312.5 },
          maxGraphicsMHz: 2520,
          maxMemoryMHz: null,
        }),
      ],
      unread: ['lspci: timed out'],
    });
    restarted.host.memoryMiB = 257_600;
    expect(steady(restarted)).toBe(steady(hardwareReport()));
  });

  it('changes with whatever else is said', () => {
    const changes: Partial<ReportedCard>[] = [
      { name: 'NVIDIA L4' },
      { driver: '560.28.03' },
      { memoryMiB: 12_282 },
      { mig: true },
      { claim: null },
      { vbios: null },
      { power: null },
    ];
    const reports = changes.map((change) => hardwareReport({ cards: [reportedCard(change)] }));
    const others = [
      hardwareReport(),
      hardwareReport({ components: [] }),
      hardwareReport({ components: [component('gpu-uuid', 0, 'other')] }),
      hardwareReport({ cards: [] }),
      hardwareReport({ host: { ...hardwareReport().host, slicing: ['CUDA_DEVICE_MEMORY_LIMIT'] } }),
    ];
    const hashes = [...reports, ...others].map(steady);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('is told apart by which card an id is of', () => {
    const [first, second] = [component('gpu-uuid', 0, 'a'), component('gpu-uuid', 1, 'b')];
    const two = { ...farm, cards: cards.slice(0, 2) };
    const swapped = [
      { ...first, card: 1 },
      { ...second, card: 0 },
    ];
    expect(steady({ ...two, components: [first, second] })).not.toBe(steady({ ...two, components: swapped }));
  });
});

describe('what follows from findings', () => {
  it('is the same whatever is noted beside them, and another where one comes, goes or is of another card', () => {
    const evidence = finding('hardware.vbios-mismatch', 'evidence', 0, { read: 1 });
    const weight = weightOf([evidence]);
    expect(weightOf([finding('hardware.power-capped', 'note', 0), { ...evidence, evidence: {} }])).toBe(
      weight,
    );
    expect(weightOf([])).not.toBe(weight);
    expect(weightOf([{ ...evidence, card: 1 }])).not.toBe(weight);
    expect(weightOf([{ ...evidence, severity: 'refusal' }])).not.toBe(weight);
  });
});
