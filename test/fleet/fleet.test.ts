import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { allOf } from '../../simulator/cheats/all-of.js';
import { Fleet, type FleetDevice } from './testing/fleet.js';

const seed = 20_240_424;
const uniform = uniformFrom(seed);

let fleet: Fleet;
beforeAll(async () => {
  fleet = await Fleet.open(3, seed);
});
afterAll(() => fleet.close());

/** Waits until an agent was told so much: a place to kill a verifier at. An exam tells a dozen things at least. */
const untilTold = (device: FleetDevice, count: number) =>
  expect.poll(() => device.events.length, { interval: 10 }).toBeGreaterThanOrEqual(count);

/** With what speaks against one that is not. */
const verified = (devices: readonly FleetDevice[]) =>
  expect
    .poll(() => Promise.all(devices.map((device) => device.standing())), { interval: 200 })
    .toEqual(devices.map(() => 'verified'));

/** What the record holds of exams: each once, by its exam and card. */
interface ExamRow {
  readonly device: string;
  readonly exam: string;
  readonly card: number;
  readonly outcome: string;
}

async function examRows(): Promise<ExamRow[]> {
  return fleet.rows<ExamRow>(
    'SELECT device, exam, card, outcome FROM exam_results ORDER BY at LIMIT 1 BY id',
  );
}

/** Every verdict that an agent was told is in the record, once. */
async function expectTold(devices: readonly FleetDevice[]): Promise<void> {
  const told = devices.flatMap((device) =>
    device.of('exam.verdict').map(({ exam, card, outcome }) => ({ exam, card, outcome })),
  );
  const kept = async () => {
    const rows = await examRows();
    return told.map((verdict) =>
      rows
        .filter((row) => row.exam === verdict.exam && row.card === verdict.card)
        .map(({ outcome }) => outcome),
    );
  };
  await expect.poll(kept, { interval: 200 }).toEqual(told.map(({ outcome }) => [outcome]));
}

async function expectUnmarked(devices: readonly FleetDevice[]): Promise<void> {
  const ids = new Set(devices.map(({ device }) => device));
  const marks = (await examRows()).filter(({ device, outcome }) => ids.has(device) && outcome === 'failed');
  expect(marks).toEqual([]);
}

/** An honest card that shows what it has computed only when it is told to. */
function heldCard() {
  const prover = fleet.honest();
  let answer = () => {};
  const told = new Promise<void>((resolve) => {
    answer = resolve;
  });
  const reveal: typeof prover.reveal = async (openings) => {
    await told;
    return prover.reveal(openings);
  };
  return { card: { ...allOf(prover), reveal }, answer: () => answer() };
}

describe('three verifiers over one Redis and one ClickHouse', () => {
  it('lets all honest devices pass, whoever of them is killed when, and keeps each verdict once', async () => {
    const devices: FleetDevice[] = [];
    const starts: Promise<void>[] = [];
    for (const [round, verifier] of fleet.verifiers.entries()) {
      const device = fleet.enter(`honest ${round}`);
      devices.push(device);
      await untilTold(device, 3 + Math.floor(uniform() * 9));
      await verifier.kill();
      // The last one is alone for a while, unless those that were killed before are back.
      starts.push(verifier.start());
      if (round < fleet.verifiers.length - 1) devices.push(fleet.enter(`beside ${round}`));
      else await Promise.all(starts);
    }
    await verified(devices);
    await expectUnmarked(devices);
    await expectTold(devices);
  });

  it('hands devices over when one of them is closed, and nobody loses anything', async () => {
    const devices = [fleet.enter('handed 0'), fleet.enter('handed 1')];
    const starts: Promise<void>[] = [];
    for (const [round, verifier] of fleet.verifiers.slice(1).entries()) {
      await untilTold(devices[round] as FleetDevice, 4);
      await verifier.stop();
      starts.push(verifier.start());
    }
    await Promise.all(starts);
    await verified(devices);
    await expectUnmarked(devices);
    await expectTold(devices);
  });

  it('ends exams as ours when Redis is lost, and examines their devices again', async () => {
    const { card, answer } = heldCard();
    const held = fleet.enter('flushed 0', card);
    const devices = [held, fleet.enter('flushed 1')];
    await expect.poll(() => held.of('exam.committed').length, { interval: 10 }).toBeGreaterThan(0);
    const [{ exam } = { exam: '' }] = held.of('exam.armed');
    await fleet.redis.restart();
    const outcome = async () => (await examRows()).find((row) => row.exam === exam)?.outcome;
    await expect.poll(outcome, { interval: 200 }).toBe('ours');
    answer();
    await verified(devices);
    expect(held.of('exam.verdict').at(-1)?.exam).not.toBe(exam);
    await expectUnmarked(devices);
    await expectTold(devices);
  });

  it('hands a device over while ClickHouse is away: its line stays, and what can’t be told now is told later', async () => {
    const { way, clickhouse } = fleet;
    way.first = () => 0;
    const device = fleet.enterBy(way, 'moved');
    await verified([device]);
    await clickhouse.stop();
    way.first = () => 1;
    const statuses = () => device.of('connection.status').map(({ status }) => status);
    const before = statuses().length;
    way.cut();
    await expect.poll(() => statuses().length, { interval: 50 }).toBeGreaterThan(before);
    expect(statuses().at(-1)).toBe('verified');
    const answer = await fetch(new URL(`/v1/devices/${device.device}`, fleet.verifiers[1]?.url));
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    await clickhouse.start();
    await verified([device]);
    await expectUnmarked([device]);
    await expectTold([device]);
  });
});
