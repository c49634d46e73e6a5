import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSupplier } from '../../agent/connection/supplier.js';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { RedisState } from '../../verifier/state/redis.js';
import { sweepTimes } from '../../verifier/sweeps/times.js';
import { Fleet, type FleetDevice } from './testing/fleet.js';

let fleet: Fleet;
let state: RedisState;
beforeAll(async () => {
  fleet = await Fleet.open(3, 11, {
    leastBandwidth: 0.4,
    ballastBytes: 64 * 1024,
    sweepTimes: { ...sweepTimes, lockMs: 4_000, renewMs: 500, marginMs: 1_000 },
    disputeTimes: { scanMs: 1_000, trialMs: 5_000, againMs: 3600_000, lapseMs: 3600_000 },
  });
  state = new RedisState(fleet.redis.url);
});
afterAll(async () => {
  await state.close();
  await fleet.close();
});

/** The verifier that a term of the hot state belongs to. */
async function urlOf(term: string | null): Promise<string | null> {
  const members = [...(await state.fields('members'))];
  const entry = members.find(([member]) => term !== null && member.startsWith(term));
  return entry === undefined ? null : (JSON.parse(entry[1]) as { url: string }).url;
}
const leader = async () => urlOf(await state.get('sweep-leader'));
const homeOf = async ({ device }: FleetDevice) => urlOf(await state.get(`home/${device}`));

/** An honest card of its own that claims an id, at home with one of the verifiers. */
async function enterAt(url: string, name: string, hardwareId: string): Promise<FleetDevice> {
  fleet.way.first = () => fleet.verifiers.findIndex((verifier) => verifier.url === url);
  const device = fleet.enter(name, fleet.honest(), (options) => {
    const cards = options.cards.map((card) => ({ ...card, claim: { ...card.claim, hardwareId } }));
    return runSupplier({ ...options, cards, verifier: fleet.way.url });
  });
  await expect.poll(() => homeOf(device), { interval: 100 }).toBe(url);
  return device;
}

/** What the record says of all disputes: each move once, however often it stands there. */
const moves = () =>
  fleet.rows<{ dispute: string; state: string; held: string[]; losers: string[]; trials: number }>(`
    SELECT JSONExtractString(body, 'dispute') AS dispute, JSONExtractString(body, 'state') AS state,
      JSONExtract(body, 'held', 'Array(String)') AS held, JSONExtract(body, 'losers', 'Array(String)') AS losers,
      toUInt32(JSONLength(body, 'trials')) AS trials
    FROM (SELECT id, any(body) AS body, min(at) AS moved FROM events WHERE kind = 'dispute.moved' GROUP BY id)
    ORDER BY moved`);

describe('a dispute of two devices at different homes', () => {
  it('whose leader is killed in the middle of the joint exam is settled by the next, once, also when it is told twice', async () => {
    await expect.poll(leader).not.toBeNull();
    const led = (await leader()) ?? '';
    const [one = '', other = ''] = fleet.verifiers.map(({ url }) => url).filter((url) => url !== led);
    const id = 'GPU-1c2d3e4f-aaaa-bbbb-cccc-0123456789ab';
    const first = await enterAt(one, 'first', id);
    const later = await enterAt(other, 'later', id);
    for (const device of [first, later])
      await expect.poll(() => device.standing(), { interval: 100 }).toBe('verified');
    const armedBefore = first.of('exam.armed').length;
    const held = async (device: FleetDevice) => (await device.document())?.cards[0]?.eligible === false;

    // Both are asked at one instant, each by its own home, and now who asked them is gone.
    await expect
      .poll(() => first.of('exam.armed').length, { interval: 10, timeout: 30_000 })
      .toBeGreaterThan(armedBefore);
    await fleet.at(led).kill();
    expect((await moves()).map(({ state, held }) => ({ state, held }))).toEqual([
      { state: 'open', held: [later.device] },
    ]);
    expect([await held(first), await held(later)]).toEqual([false, true]);

    await expect
      .poll(async () => (await moves()).at(-1)?.state, { interval: 200, timeout: 60_000 })
      .toBe('distinct');
    const settled = await moves();
    expect(new Set(settled.map(({ dispute }) => dispute)).size).toBe(1);
    expect(settled.filter(({ state }) => state === 'distinct')).toHaveLength(1);
    expect(settled.flatMap(({ losers }) => losers)).toEqual([]);
    expect(settled.flatMap((move) => move.held)).not.toContain(first.device);
    await expect.poll(async () => [await held(first), await held(later)]).toEqual([false, false]);

    // All of it stands twice on record, and the dead one comes back to that: nothing moves.
    const record = await openClickHouse({ url: fleet.clickhouse.url });
    await record.command({
      query:
        "INSERT INTO events SELECT * FROM events WHERE kind LIKE 'dispute.%' OR kind LIKE 'sweep.%' OR kind LIKE 'exam%'",
    });
    await record.close();
    await fleet.at(led).start();
    await fleet.at(one).stop();
    const looks = async () => (await leader()) !== null && (await leader()) !== one;
    await expect.poll(looks, { timeout: 20_000 }).toBe(true);
    await expect
      .poll(async () => [await first.status(), await later.status()])
      .toEqual(['verified', 'verified']);
    await expect.poll(async () => [await held(first), await held(later)]).toEqual([false, false]);
    expect(await moves()).toEqual(settled);
  });
});
