import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import type { Expectation } from '../catalogue/catalogue.js';
import { givenClass } from '../catalogue/given.js';
import { type FleetCard, sampleOf } from '../catalogue/testing/fleet.js';
import type { ExamFact, Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { deviceId, enrolled, exam, memoryPart, nextId } from '../testing/facts.js';
import { openTestRecord } from '../testing/record.js';
import { insertFacts } from './insert-facts.js';
import { fleetSamples } from './learn.js';

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);
const { client } = record;

const floor = 50;
const figured: Expectation = {
  gflops: 64,
  lowGflops: floor,
  ceilingGflops: 1000,
  basis: 'published-peak',
  source: '',
};
const memory = { bandwidthGBps: 100, lowGBps: 35, tableGops: 100, bestGops: 1000 };
const hundred = {
  ...givenClass('hundred', 'gpu', { gflops: 1, memory }),
  expectations: { 'onnx-cuda': figured, '*': { ...figured, lowGflops: 1, basis: 'prior' as const } },
};
const published = {
  classes: [
    hundred,
    givenClass('unlisted', 'gpu', { gflops: 1, eligible: false }),
    givenClass('cpu', 'cpu', { gflops: 1 }),
  ],
};

const start = Date.UTC(2026, 0, 1);
const times = { from: start, to: start + 1000 };
const samples = () => fleetSamples(client, published, times);
let batch = 0;
const put = (facts: readonly Fact[]) => insertFacts(client, facts, `learn ${batch++}`);
// Each test has a record of its own.
beforeEach(async () => {
  for (const table of ['exam_results', 'events']) await client.command({ query: `TRUNCATE TABLE ${table}` });
});

let cards = 0;
interface Seen extends Partial<ExamFact> {
  readonly device?: string;
  readonly hardwareId?: string;
  readonly bandwidthGBps?: number;
}

/** One exam of a GPU; of another card each time, unless it is said which. */
function seen({
  device = deviceId(`card ${cards++}`),
  hardwareId = device,
  bandwidthGBps = 60,
  ...rest
}: Seen = {}) {
  return exam(device, start + 1, {
    claimedClass: 'hundred',
    class: 'hundred',
    engine: 'onnx-cuda',
    claim: { kind: 'gpu', model: 'Hundred', memoryBytes: 1, engine: 'onnx-cuda', hardwareId },
    gflops: 100,
    memory: { ...memoryPart, bandwidthGBps },
    ...rest,
  });
}
/** Three exams of one GPU: enough to count. */
const thrice = (given: Seen = {}): ExamFact[] => {
  const device = given.device ?? deviceId(`card ${cards++}`);
  return [1, 2, 3].map(() => seen({ device, ...given }));
};

describe('what the fleet shows of its classes', () => {
  it('is one rate of each GPU, the median of its exams', async () => {
    const device = deviceId('three rates');
    await put([70, 90, 300].map((gflops) => seen({ device, gflops })));
    expect(await samples()).toMatchObject([
      { class: 'hundred', engine: 'onnx-cuda', cards: 1, owners: 1, q50: 90, q02: 90 },
    ]);
  });

  it('is what one would count by hand, for engines with and without figures', async () => {
    const uniform = uniformFrom(7);
    for (const engine of ['onnx-cuda', 'webgpu']) {
      const fleet: FleetCard[] = Array.from({ length: 120 }, () => ({
        gflops: 40 + uniform() * 80,
        owner: `wallet ${Math.floor(uniform() ** 2 * 12)}`,
      }));
      const facts = fleet.flatMap(({ gflops, owner }) => {
        const device = deviceId(`${engine} ${cards++}`);
        const wallet = `${owner.replace(/[^0-9]/g, '')}`.padStart(32, 'A');
        return [{ ...enrolled(device, start), wallet }, ...thrice({ device, gflops, engine })];
      });
      await put(facts);
      const [own] = (await samples()).filter((one) => one.engine === engine);
      expect(own).toEqual(sampleOf(fleet, { floor, own: engine === 'onnx-cuda', engine }));
    }
  });

  it('leaves out who has shown its memory less than three times, or slower than the class', async () => {
    const device = deviceId('twice');
    await put([
      seen({ device }),
      seen({ device }),
      seen({ device, memory: null }),
      ...thrice({ bandwidthGBps: 34 }),
      ...thrice({ outcome: 'unanswered', gflops: null }),
    ]);
    expect(await samples()).toEqual([]);
  });

  it('takes rates that failed, or a floor would choose by itself of whom it is learned', async () => {
    const device = deviceId('slower since');
    const slower: Partial<ExamFact> = {
      outcome: 'failed',
      reasons: ['rate.below-class'],
      gflops: 60,
      class: null,
      memory: null,
    };
    await put([...thrice({ device }), ...[1, 2, 3, 4].map(() => seen({ device, ...slower }))]);
    expect(await samples()).toMatchObject([{ cards: 1, q50: 60 }]);
  });

  it('keeps a card that a learned floor has failed for longer than anything is remembered', async () => {
    // Else fast liars threw out a part of the honest cards, waited until these were forgotten, and threw out the next.
    const failed: Seen = { outcome: 'failed', reasons: ['rate.below-class'], gflops: 60, class: null };
    await put([
      ...thrice(failed),
      ...thrice({ ...failed, bandwidthGBps: 34 }),
      ...thrice({ ...failed, gflops: 40 }),
    ]);
    expect(await samples()).toMatchObject([{ cards: 1, q50: 60 }]);
  });

  it('takes no rate of a wrong proof, or of an exam that failed for its memory too', async () => {
    const device = deviceId('wrong');
    const failed = { outcome: 'failed', gflops: 900, class: null } as const;
    const reasons = [['proof.wrong-walk'], ['rate.below-class', 'bandwidth.below-class']];
    await put([
      ...thrice({ device }),
      ...reasons.flatMap((of) => [1, 2, 3, 4].map(() => seen({ device, ...failed, reasons: of }))),
    ]);
    expect(await samples()).toMatchObject([{ cards: 1, q50: 100 }]);
  });

  it('counts a GPU that several devices claim for none of them, and no card that was several GPUs', async () => {
    const copied = { hardwareId: 'GPU-copied' };
    const device = deviceId('many cards in one place');
    await put([
      ...thrice(copied),
      ...thrice(copied),
      ...['a', 'b', 'c'].flatMap((hardwareId) => thrice({ device, hardwareId })),
      ...thrice(),
    ]);
    expect(await samples()).toMatchObject([{ cards: 1, owners: 1 }]);
  });

  it('counts no card that was of two classes, and none of cards of no class, of CPUs and of other times', async () => {
    const device = deviceId('renamed');
    await put([
      ...thrice({ device }),
      ...thrice({ device, claimedClass: 'unlisted', class: 'unlisted' }),
      ...thrice({ claimedClass: 'unlisted', class: 'unlisted', measuredAs: 'hundred' }),
      ...thrice({ claim: { kind: 'cpu', model: 'CPU', memoryBytes: 1, engine: 'onnx-cuda' } }),
      ...thrice({ at: times.from - 1 }),
      ...thrice({ at: times.to }),
    ]);
    expect(await samples()).toEqual([]);
  });

  it('says of how many owners: a wallet where there is one, else the device', async () => {
    const [one, two, three] = ['one', 'two', 'three'].map(deviceId) as [string, string, string];
    const wallet = 'A'.repeat(32);
    await put([
      { ...enrolled(one, start), wallet },
      { ...enrolled(two, start), wallet },
      enrolled(three, start),
      ...[one, two, three].flatMap((device) => thrice({ device })),
    ]);
    expect(await samples()).toMatchObject([{ cards: 3, owners: 2, largestOwner: 2 }]);
  });

  it('is the same whatever stands twice, and the later end of an exam counts', async () => {
    const facts = [...thrice(), ...thrice({ gflops: 80 })];
    const untold = {
      ...seen({ gflops: 999 }),
      id: facts[0]?.id ?? nextId('fa'),
      device: facts[0]?.device ?? '',
      at: start,
    };
    await put(facts);
    const once = await samples();
    await put(facts.toReversed());
    await put([untold]);
    expect(await samples()).toEqual(once);
  });
});
