import { afterAll, describe, expect, it } from 'vitest';
import type { Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { disputeMoved } from '../testing/dispute-facts.js';
import { deviceId, enrolled, exam, memoryPart, nextId, transition } from '../testing/facts.js';
import { openTestRecord } from '../testing/record.js';
import { sweepFinished, sweepMember } from '../testing/sweep-facts.js';
import {
  clearedAt,
  disputesBefore,
  enrolmentsOfMany,
  examFactsIn,
  hasTransition,
  loadDisputes,
  movesOf,
  sweptTogether,
} from './disputes.js';
import { insertFacts } from './insert-facts.js';

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);
const { client } = record;

const start = Date.now() - 3600_000;
let batch = 0;
/** Each twice, as after a verifier's death. */
const put = async (...facts: readonly Fact[]) => {
  for (let i = 0; i < 2; i += 1) await insertFacts(client, facts, `batch ${batch++}`);
};
const [a, b, c] = ['a', 'b', 'c'].map(deviceId) as [string, string, string];

describe('disputes', () => {
  it('stand as they moved last, and are told newest first', async () => {
    const [one, two] = [nextId('di'), nextId('di')];
    const moved = [
      disputeMoved(one, start, [a, b]),
      disputeMoved(two, start + 1000, [a, c]),
      disputeMoved(one, start + 2000, [a, b], { state: 'distinct', keeper: a, held: [] }),
    ] as const;
    await put(...moved);
    expect(await loadDisputes(client)).toEqual([moved[1], moved[2]]);
    expect(await disputesBefore(client, start + 10_000, 10)).toEqual([moved[2], moved[1]]);
    expect(await disputesBefore(client, start + 2000, 10)).toEqual([moved[1]]);
    expect(await disputesBefore(client, start + 10_000, 1)).toEqual([moved[2]]);
    expect(await movesOf(client, one, 10)).toEqual([moved[2], moved[0]]);
  });
});

describe('sweeps that several of them were in', () => {
  const memory = { ...memoryPart, attempts: 1 };
  async function sweep(
    at: number,
    cards: readonly (readonly [string, Parameters<typeof exam>[2], boolean?])[],
  ) {
    const id = nextId('sw');
    const exams = cards.map(([device, changes]) => exam(device, at + 500, { sweep: id, memory, ...changes }));
    const members = exams.map(({ device, exam: of }, i) => ({
      ...sweepMember(device, of),
      ...(cards[i]?.[2] === false && { computeGoMs: null, memoryGoMs: null }),
    }));
    await put(...exams, sweepFinished(id, at + 1000, { startedAt: at, members }));
    return id;
  }

  it('are told with who was let go and answered, and who passed, with the others at the first asking', async () => {
    const whole = await sweep(start, [
      [a, {}],
      [b, {}],
    ]);
    await sweep(start + 10_000, [
      [a, {}],
      [deviceId('other'), {}],
    ]);
    const mixed = await sweep(start + 20_000, [
      [a, { attempts: 2 }],
      [b, {}, false],
      [c, { outcome: 'failed', memory: null }],
      [deviceId('other'), {}],
    ]);
    const told = await sweptTogether(client, [a, b, c], start - 1, 10);
    const short = told.map(({ sweep, device, went, passed, outcome, devices, at }) => [
      sweep,
      [a, b, c].indexOf(device),
      went,
      passed,
      outcome,
      devices,
      at - start,
    ]);
    expect(short.toSorted((x, y) => Number(x[6]) - Number(y[6]) || Number(x[1]) - Number(y[1]))).toEqual([
      [whole, 0, true, true, 'passed', 2, 0],
      [whole, 1, true, true, 'passed', 2, 0],
      [mixed, 0, false, false, 'passed', 4, 20_000],
      [mixed, 1, false, false, 'passed', 4, 20_000],
      [mixed, 2, true, false, 'failed', 4, 20_000],
    ]);
    expect(await examFactsIn(client, c, 0, [whole, mixed])).toHaveLength(1);
    expect(await examFactsIn(client, c, 1, [mixed])).toEqual([]);
    expect((await sweptTogether(client, [a, b, c], start - 1, 1)).every((one) => one.sweep === mixed)).toBe(
      true,
    );
    expect(await sweptTogether(client, [a, b, c], start + 60_000, 10)).toEqual([]);
  });

  it('leave out exams that are not over', async () => {
    const id = nextId('sw');
    const [x, y] = [deviceId('x'), deviceId('y')];
    const over = exam(x, start, { sweep: id, memory });
    const members = [sweepMember(x, over.exam), sweepMember(y, nextId('ex'))];
    await put(over, sweepFinished(id, start + 1000, { members }));
    expect((await sweptTogether(client, [x, y], 0, 10)).map(({ device }) => device)).toEqual([x]);
  });
});

describe('what is known of claimants', () => {
  it('is when a person cleared them, and which transitions are on record', async () => {
    const condemned = { ...transition(a, start, 'verified', 'quarantined'), cause: 'condemned' };
    await put(condemned, { ...transition(a, start + 1000, 'quarantined', 'examining'), cause: 'cleared' });
    expect(await clearedAt(client, [a, b])).toEqual(new Map([[a, start + 1000]]));
    expect(await hasTransition(client, a, condemned.id)).toBe(true);
    expect(await hasTransition(client, b, condemned.id)).toBe(false);
  });

  it('is what they enrolled with, the latest first', async () => {
    const facts = [0, 1, 2].flatMap((i) => [enrolled(a, start + i), enrolled(b, start + i)]);
    await put(...facts);
    const told = await enrolmentsOfMany(client, [a, b], 2);
    expect(told.filter(({ device }) => device === a)).toEqual([facts[4], facts[2]]);
    expect(told).toHaveLength(4);
  });
});
