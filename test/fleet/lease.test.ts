import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allOf } from '../../simulator/cheats/all-of.js';
import { addKey } from '../../verifier/access/key-file.js';
import { RedisState } from '../../verifier/state/redis.js';
import { sweepTimes } from '../../verifier/sweeps/times.js';
import { Market } from '../timelock/testing/market.js';
import { faultsOf } from '../timelock/testing/receipts.js';
import { Fleet, type FleetDevice } from './testing/fleet.js';

let fleet: Fleet;
let state: RedisState;
beforeAll(async () => {
  fleet = await Fleet.open(3, 5, {
    leaseProbeMeanMs: 300,
    leaseRestMs: 0,
    ballastBytes: 64 * 1024,
    sweepTimes: { ...sweepTimes, lockMs: 4_000, renewMs: 500, marginMs: 1_000 },
  });
  state = new RedisState(fleet.redis.url);
});
afterAll(async () => {
  await state.close();
  await fleet.close();
});

const random = (length: number) => new Uint8Array(randomBytes(length));

/** An honest card, and a promise of its next walk. */
function walkingCard() {
  const prover = fleet.honest();
  let walks = () => {};
  const walk: typeof prover.walk = (...of) => {
    walks();
    return prover.walk(...of);
  };
  const card = { ...allOf(prover), walk };
  const nextWalk = () =>
    new Promise<void>((resolve) => {
      walks = resolve;
    });
  return { card, nextWalk };
}

describe('a lease whose device goes from verifier to verifier', () => {
  it('is made, watched and ended by any of them, outlives a kill in the middle of a probe, and its receipt is right', async () => {
    const [a, b, c] = fleet.verifiers as [
      (typeof fleet.verifiers)[0],
      (typeof fleet.verifiers)[0],
      (typeof fleet.verifiers)[0],
    ];
    const market = await Market.open({ url: new URL(a.url), dataDir: fleet.sharedDir });
    fleet.way.first = () => 1;
    const { card, nextWalk } = walkingCard();
    const { device } = fleet.enterBy(fleet.way, 'leased', card);
    const lease = await market.lease(device);
    await market.at(c.url).until(lease, 'active');
    await market.untilEntries(lease, 2);

    fleet.way.first = () => 2;
    await nextWalk();
    await b.kill();
    const entries = async () => {
      const { body } = await market.call('GET', `/v1/leases/${lease.id}/transcript`);
      return (body.cards as { index: number }[])[0]?.index ?? 0;
    };
    // Its home is dead: somebody else takes it in time.
    await expect.poll(entries, { interval: 200 }).toBeGreaterThan(0);
    const before = await entries();
    await market.untilEntries(lease, before + 3);
    const receipt = await market.end(lease);
    const issuer = await market.issuer();
    expect(faultsOf(receipt, issuer)).toEqual([]);
    const [one] = receipt.cards;
    expect(one).toMatchObject({ handOver: { outcome: 'passed' }, return: { outcome: 'passed' } });
    expect(one?.entries.map(({ outcome }) => outcome)).not.toContain('failed');

    // What the dead one had in its journal comes to the record after all, and changes nothing.
    await b.start();
    expect(await market.at(b.url).receipt(lease)).toEqual(receipt);
    const [forks] = await fleet.rows<{ places: number; ids: number }>(
      `SELECT toUInt32(uniqExact(card, transcript, entry)) AS places, toUInt32(uniqExact(id)) AS ids FROM probe_results WHERE device = '${device}'`,
    );
    expect(forks?.ids).toBe(forks?.places);
  });
});

describe('a sweep whose leader is killed in the middle of it', () => {
  it('is followed by sweeps of another leader, no preimage twice, and marks nobody', async () => {
    const key = await addKey(
      fleet.sharedDir,
      { name: 'ours', role: 'investigator', now: Date.now() },
      random,
    );
    const devices = Array.from({ length: 4 }, (_, at) => fleet.enter(`swept ${at}`));
    const standing = () => Promise.all(devices.map((device) => device.standing()));
    await expect.poll(standing, { interval: 200 }).toEqual(devices.map(() => 'verified'));
    const leader = async () => {
      const self = await state.get('sweep-leader');
      const members = [...(await state.fields('members'))];
      const entry = members.find(([term]) => self !== null && term.startsWith(self));
      return entry === undefined ? null : { self, url: (JSON.parse(entry[1]) as { url: string }).url };
    };
    const call = async (path: string, body?: object) => {
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      const given = body && { method: 'POST', body: JSON.stringify(body) };
      return (await fetch(new URL(path, fleet.balancer.url), { headers, ...given })).json();
    };
    const ask = () => call('/v1/sweeps', { devices: devices.map(({ device }) => device), why: 'a test' });

    await expect.poll(leader).not.toBeNull();
    const first = await leader();
    const armed = () => devices.reduce((sum, device) => sum + device.of('exam.armed').length, 0);
    const before = armed();
    await ask();
    await expect.poll(armed, { interval: 10 }).toBeGreaterThanOrEqual(before + devices.length);
    const verdicts = devices.map((device) => device.of('exam.verdict').length);
    await fleet.at(first?.url ?? '').kill();
    await expect
      .poll(async () => (await leader())?.self ?? first?.self, { timeout: 30_000 })
      .not.toBe(first?.self);

    // Members of the broken one end their exams first, as ordinary ones: whoever is in one is not asked.
    await expect
      .poll(() => devices.every((device, at) => device.of('exam.verdict').length > (verdicts[at] ?? 0)))
      .toBe(true);
    const examsOf = (device: FleetDevice, type: 'exam.armed' | 'exam.verdict') =>
      new Set(device.of(type).map(({ exam }) => exam)).size;
    const idle = () =>
      devices.every((device) => examsOf(device, 'exam.armed') === examsOf(device, 'exam.verdict'));
    const sweptBy = (sweep: string) =>
      fleet.rows<{ outcome: string }>(
        `SELECT outcome FROM exam_results WHERE sweep = '${sweep}' ORDER BY at LIMIT 1 BY id`,
      );
    // Its preimage is told only when nobody can be at work on it any more: the exams are on record before.
    let outcomes: string[] = [];
    for (let asked = 0; asked < 5 && outcomes.length < devices.length; asked += 1) {
      const { sweep } = (await ask()) as { sweep: string };
      await expect.poll(async () => (await sweptBy(sweep)).length, { interval: 200 }).toBeGreaterThan(0);
      await expect.poll(idle).toBe(true);
      outcomes = (await sweptBy(sweep)).map(({ outcome }) => outcome);
    }
    expect(outcomes).toEqual(devices.map(() => 'passed'));
    expect(await standing()).toEqual(devices.map(() => 'verified'));
    const places = await fleet.rows<{ place: string; sweeps: number }>(
      "SELECT concat(chain, toString(place)) AS place, toUInt32(uniqExact(sweep)) AS sweeps FROM sweeps WHERE kind = 'sweep.reserved' GROUP BY place",
    );
    expect(places.length).toBeGreaterThanOrEqual(2);
    expect(new Set(places.map(({ sweeps }) => sweeps))).toEqual(new Set([1]));
  });
});
