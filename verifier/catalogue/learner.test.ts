import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { givenClass } from '../../scoring/catalogue/given.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { insertFacts } from '../../scoring/queries/insert-facts.js';
import { learnedFigures } from '../../scoring/queries/learned.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { deviceId, exam, memoryPart } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { beginOf } from './epoch.js';
import { Learner } from './learner.js';
import { openCatalogue } from './open-learning.js';

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);
const { client: clickhouse } = record;

const memory = { bandwidthGBps: 100, tableGops: 100, bestGops: 1000 };
const published = { classes: [givenClass('ten', 'gpu', { gflops: 10, lowGflops: 8, memory })] };
const epoch = 490_000;
let batch = 0;

/** GPUs of class `ten` that have passed three exams each, an hour before the epoch. */
const fleet = (cards: number, gflops: number) =>
  Array.from({ length: cards }, (_, card) => deviceId(`${batch} ${card}`)).flatMap((device) =>
    [1, 2, 3].map((minute) =>
      exam(device, beginOf(epoch - 2) + minute * 60_000, {
        claimedClass: 'ten',
        class: 'ten',
        engine: 'onnx-cuda',
        claim: { kind: 'gpu', model: 'Ten', memoryBytes: 1, engine: 'onnx-cuda' },
        gflops,
        memory: { ...memoryPart, bandwidthGBps: 60 },
      }),
    ),
  );

beforeEach(async () => {
  for (const table of ['exam_results', 'events'])
    await clickhouse.command({ query: `TRUNCATE TABLE ${table}` });
  await insertFacts(clickhouse, fleet(35, 20), `fleet ${batch++}`);
});
afterEach(() => {
  vi.useRealTimers();
});

async function verifier({ leads = (): boolean => true, learnCards = 30, ships = true } = {}) {
  let now = beginOf(epoch - 1) + 30_000;
  const clock = { now: () => now };
  const options = { catalogue: published, learnCards };
  const catalogue = await openCatalogue({ options, clickhouse, clock });
  const facts: CatalogueLearnedFact[] = [];
  const log = { info: vi.fn(), error: vi.fn() };
  const learner = new Learner({
    catalogue,
    clickhouse,
    clock,
    recorder: {
      record: async (some) => {
        facts.push(...(some as CatalogueLearnedFact[]));
        if (ships) await insertFacts(clickhouse, some, `learned ${batch++}`);
      },
    },
    leads,
    learnCards,
    log,
  });
  return {
    learner,
    catalogue,
    facts,
    log,
    at: (time: number) => {
      now = time;
    },
  };
}

describe('the verifier that leads', () => {
  it('puts the next epoch’s figures on record, and they hold from its begin on, here and after a restart', async () => {
    const { learner, catalogue, at } = await verifier();
    const fact = await learner.learn();
    expect(fact).toMatchObject({ epoch, to: beginOf(epoch - 1) });
    expect(fact?.figures).toMatchObject([{ class: 'ten', engine: 'onnx-cuda', cards: 35, q50: 20 }]);
    expect(fact?.figures[0]?.lowGflops).toBeCloseTo(8.4);
    at(beginOf(epoch));
    expect(catalogue.classes[0]?.expectations['onnx-cuda']?.basis).toBe('fleet');
    const restarted = await verifier();
    restarted.at(beginOf(epoch));
    expect(restarted.catalogue.classes).toEqual(catalogue.classes);
  });

  it('learns once in an hour, and goes on from there in the next', async () => {
    const { learner, at } = await verifier();
    const first = await learner.learn();
    expect(await learner.learn()).toBeNull();
    at(beginOf(epoch) + 30_000);
    const second = await learner.learn();
    expect(second?.epoch).toBe(epoch + 1);
    expect(second?.figures[0]?.lowGflops).toBeCloseTo((first?.figures[0]?.lowGflops ?? 0) * 1.05);
  });

  it('puts nothing on record where nothing changes, where it does not lead, and where that is switched off', async () => {
    const others = [
      await verifier({ leads: () => false }),
      await verifier({ learnCards: 0 }),
      await verifier({ learnCards: 36 }),
    ];
    for (const { learner, facts } of others) {
      expect(await learner.learn()).toBeNull();
      expect(facts).toEqual([]);
    }
  });

  it('gives what two leaders freeze for one epoch one id, and both come to hold the same', async () => {
    // Neither has the other's fact in the record when it looks.
    const [one, two] = [await verifier({ ships: false }), await verifier({ ships: false })];
    const first = await one.learner.learn();
    await insertFacts(clickhouse, fleet(20, 30), `more ${batch++}`);
    two.at(beginOf(epoch - 1) + 31_000);
    const second = await two.learner.learn();
    expect(second?.id).toBe(first?.id);
    if (first === null || second === null) throw new Error('nothing was learned');
    await insertFacts(clickhouse, [first, second], `both ${batch++}`);
    one.catalogue.apply(second);
    two.catalogue.apply(first);
    const third = await verifier();
    for (const { at } of [one, two, third]) at(beginOf(epoch));
    expect(two.catalogue.learned).toEqual(first);
    expect(one.catalogue.classes).toEqual(two.catalogue.classes);
    expect(third.catalogue.classes).toEqual(two.catalogue.classes);
  });

  it('learns in the first minute of each hour, also after an hour in which the record was away', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const times: number[] = [];
    let now = beginOf(epoch) + 90_000;
    const { catalogue, log } = await verifier();
    const learner = new Learner({
      catalogue,
      clickhouse,
      clock: { now: () => now },
      recorder: { record: async () => {} },
      leads: () => {
        times.push(now);
        throw new Error('away');
      },
      learnCards: 1,
      log,
    });
    learner.start();
    for (let hour = 1; hour <= 2; hour += 1) {
      const before = now;
      now = beginOf(epoch + hour) + 30_000;
      await vi.advanceTimersByTimeAsync(now - before);
    }
    await learner.close();
    expect(times).toEqual([beginOf(epoch + 1) + 30_000, beginOf(epoch + 2) + 30_000]);
    expect(log.error).toHaveBeenCalledTimes(2);
  });
});

it('the record tells of the latest epochs first, and of each fact once', async () => {
  const { learner, at } = await verifier();
  const facts: CatalogueLearnedFact[] = [];
  for (let hour = 0; hour < 3; hour += 1) {
    at(beginOf(epoch - 1 + hour) + 30_000);
    const fact = await learner.learn();
    if (fact !== null) facts.push(fact);
  }
  await insertFacts(clickhouse, facts, `again ${batch++}`);
  expect(await learnedFigures(clickhouse)).toEqual(facts.toReversed());
});
