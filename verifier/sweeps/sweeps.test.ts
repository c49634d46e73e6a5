import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { drawOrder } from '../../challenges/sweep/draw.js';
import { verifySweep } from '../../challenges/sweep/verify.js';
import { fromHex } from '../../protocol/bytes.js';
import { systemClock } from '../../protocol/clock.js';
import { migrate } from '../../scoring/storage/migrate.js';
import { deviceId } from '../../scoring/testing/facts.js';
import { openTestRecord } from '../../scoring/testing/record.js';
import { MemoryState } from '../state/memory.js';
import { RedisState } from '../state/redis.js';
import type { HotState } from '../state/state.js';
import { RedisServer } from '../state/testing/redis-server.js';
import { PublishedSweeps } from './published.js';
import { type Behaviour, type HallOptions, SweepVerifier } from './testing/sweep-hall.js';

let record: Awaited<ReturnType<typeof openTestRecord>>;
let published: PublishedSweeps;
let redis: RedisServer;
beforeAll(async () => {
  record = await openTestRecord();
  await migrate(record.client);
  published = new PublishedSweeps({ clickhouse: record.client, clock: systemClock });
  redis = await RedisServer.start();
});
afterAll(async () => {
  await redis.stop();
  await record.close();
});

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  ends = [];
  await redis.flush();
});

let seeds = 0;
/** So many verifiers, each with its own connection to one Redis; one over its own memory where it is alone. */
async function openFleet(count: number, options: HallOptions = {}): Promise<SweepVerifier[]> {
  const fleet: SweepVerifier[] = [];
  for (let i = 0; i < count; i++) {
    const state: HotState = count === 1 ? new MemoryState(systemClock) : new RedisState(redis.url, () => {});
    const verifier = new SweepVerifier(record.client, state, fleet, ++seeds, options);
    ends.push(async () => {
      await verifier.sweeps.close();
      verifier.close();
      await state.close();
    });
    await verifier.sweeps.start();
  }
  return fleet;
}

let named = 0;
function connect(verifier: SweepVerifier, count: number, behaviour?: Behaviour): string[] {
  return Array.from({ length: count }, () => {
    const device = deviceId(`sweep ${++named}`);
    verifier.connect(device, behaviour);
    return device;
  });
}

const over = (sweep: string) =>
  vi.waitFor(
    async () => {
      const document = await published.document(sweep);
      expect(document.members.every(({ outcome }) => outcome !== null)).toBe(true);
      return document;
    },
    { timeout: 20_000, interval: 50 },
  );
const quiet = (fleet: readonly SweepVerifier[]) =>
  vi.waitFor(() => expect(fleet.map(({ examining }) => examining)).toEqual(fleet.map(() => 0)), 20_000);
const led = (fleet: readonly SweepVerifier[]) =>
  vi.waitFor(() => expect(fleet.filter((one) => one.sweeps.leads)).toHaveLength(1), 25_000);

describe('a sweep over three verifiers and one Redis', () => {
  it('lets all members go at one instant, both parts, with seeds that anybody can check', async () => {
    const fleet = await openFleet(3);
    const devices = fleet.flatMap((verifier) => connect(verifier, 40));
    const [, second] = fleet;
    const sweep = await (second as SweepVerifier).sweeps.suspects(devices, 'a test');
    const document = await over(sweep);
    expect(verifySweep(document).findings).toEqual([]);
    expect(verifySweep(document).seeds).toBe(3 * devices.length);
    expect(document.members.map(({ device }) => device)).toEqual([...devices].sort());
    expect(document.proven).toBe(devices.length);
    expect(new Set(document.members.map(({ verifier }) => verifier)).size).toBe(3);
    expect(document.spread.compute?.count).toBe(devices.length);
    // What the document says is what really left: one instant, for each part.
    for (const part of ['compute', 'memory'] as const) {
      const gone = fleet.flatMap((one) => one.gone).filter((go) => go.part === part);
      expect(gone).toHaveLength(devices.length);
    }
    expect(await published.figures()).toMatchObject({ provenTogether: { gpus: devices.length, sweep } });
  }, 40_000);

  it('waits for nobody who is silent, declines or goes, and counts none of them', async () => {
    const fleet = await openFleet(2);
    const [a, b] = fleet as [SweepVerifier, SweepVerifier];
    const good = [...connect(a, 20), ...connect(b, 20)];
    const silent = connect(a, 1, (_, step) => (step === 'arm' ? 'silence' : 'answer'));
    const declines = connect(b, 1, (part) => (part === 'compute' ? 'decline' : 'answer'));
    const slowBuild = connect(b, 1, (part, step) =>
      part === 'memory' && step === 'arm' ? 'silence' : 'answer',
    );
    const sweep = await a.sweeps.suspects([...good, ...silent, ...declines, ...slowBuild], 'a test');
    const document = await vi.waitFor(() => published.document(sweep), { timeout: 20_000, interval: 50 });
    await vi.waitFor(async () => expect((await published.document(sweep)).proven).toBe(good.length), 20_000);
    expect(verifySweep(document).findings.filter(({ code }) => code !== 'sweep.wrong-count')).toEqual([]);
    const goOf = (device: string | undefined) => document.members.find((one) => one.device === device);
    expect(goOf(silent[0])).toMatchObject({ computeGoMs: null, memoryGoMs: null });
    expect(goOf(declines[0])).toMatchObject({ computeGoMs: null });
    expect(goOf(slowBuild[0])).toMatchObject({ memoryGoMs: null });
  }, 40_000);

  it('goes on without a verifier that dies in the middle of it', async () => {
    const fleet = await openFleet(3);
    await led(fleet);
    const dying = fleet.find(({ sweeps }) => !sweeps.leads) as SweepVerifier;
    const alive = fleet.filter((one) => one !== dying);
    const good = alive.flatMap((verifier) => connect(verifier, 10));
    // It dies while its members still get ready: nobody will hear of them again.
    const lost = connect(dying, 10, () => {
      dying.alive = false;
      return 'silence';
    });
    const sweep = await (alive[0] as SweepVerifier).sweeps.suspects([...good, ...lost], 'a test');
    await vi.waitFor(async () => expect((await published.document(sweep)).proven).toBe(good.length), {
      timeout: 20_000,
      interval: 50,
    });
    const document = await published.document(sweep);
    expect(verifySweep(document).findings).toEqual([]);
    expect(document.members.filter(({ computeGoMs }) => computeGoMs !== null)).toHaveLength(good.length);
  }, 40_000);

  it('is led by another one soon after the leader is gone, and what was armed goes on as usual', async () => {
    const fleet = await openFleet(2);
    await led(fleet);
    const leader = fleet.find(({ sweeps }) => sweeps.leads) as SweepVerifier;
    const other = fleet.find((one) => one !== leader) as SweepVerifier;
    let armed = 0;
    const devices = connect(other, 10, (_, step) => {
      if (step === 'arm') armed += 1;
      // It closes between the call and the instant.
      if (armed === 1) void leader.sweeps.close();
      return 'answer';
    });
    await other.sweeps.suspects(devices, 'a test');
    await vi.waitFor(() => expect(armed).toBeGreaterThan(0), 10_000);
    await vi.waitFor(() => expect(other.sweeps.leads).toBe(true), 30_000);
    await quiet([other]);
    // Asked and answered, but nobody names it an instant: their seeds follow from nothing.
    expect(other.facts.filter(({ kind }) => kind === 'exam.finished')).toHaveLength(devices.length);
    const next = await other.sweeps.suspects(devices, 'another');
    expect((await over(next)).proven).toBe(devices.length);
  }, 60_000);
});

describe('a random sweep', () => {
  it('asks those whom its preimage draws, and no others, at times that nobody plans', async () => {
    const settings = { sweepEveryMs: 300, sweepCards: 7 };
    const [verifier] = (await openFleet(1, { settings })) as [SweepVerifier];
    const devices = connect(verifier, 30);
    await vi.waitFor(() => expect(verifier.observed.length).toBeGreaterThanOrEqual(3), 30_000);
    await verifier.sweeps.close();
    await quiet([verifier]);
    for (const { sweep, preimage, index } of verifier.observed.slice(0, 3)) {
      const document = await over(sweep);
      expect(verifySweep(document).findings).toEqual([]);
      expect(document.drawn).toBe(7);
      const { eligible } = document;
      const expected = drawOrder(fromHex(preimage), eligible.devices ?? []).slice(0, 7);
      expect(document.members.map(({ device }) => device)).toEqual([...expected].sort());
      expect(document.members.every(({ device }) => devices.includes(device))).toBe(true);
      expect(index).toBeLessThanOrEqual(50);
    }
    const places = verifier.observed.map(({ chain, index }) => `${chain}/${index}`);
    expect(new Set(places).size).toBe(places.length);
  }, 60_000);
});

describe('sweeps of the whole fleet', () => {
  it('ask everybody once in a round, window by window', async () => {
    const settings = { fleetEveryMs: 1_000, fleetWindowCards: 1_000 };
    const [verifier] = (await openFleet(1, { settings })) as [SweepVerifier];
    const devices = connect(verifier, 12);
    await vi.waitFor(() => expect(verifier.observed.length).toBeGreaterThanOrEqual(1), 30_000);
    const [{ sweep } = { sweep: '' }] = verifier.observed;
    const document = await over(sweep);
    expect(document.sweepKind).toBe('fleet');
    expect(document.members).toHaveLength(devices.length);
  }, 60_000);
});

describe('the beacon', () => {
  it('is in the seeds of what it was asked for, and stands in the file', async () => {
    let round = 0;
    const beacon = async () => ({ source: 'solana', round: ++round, value: deviceId(`beacon ${round}`) });
    const [verifier] = (await openFleet(1, { beacon })) as [SweepVerifier];
    const devices = connect(verifier, 3);
    const document = await over(await verifier.sweeps.suspects(devices, 'a test'));
    const { arm, compute, memory } = document.beacons;
    expect(new Set([arm?.round, compute?.round, memory?.round]).size).toBe(3);
    expect(verifySweep(document).findings).toEqual([]);
    const forged = { ...document, beacons: { arm, compute: memory, memory } };
    expect(verifySweep(forged).findings.map(({ code }) => code)).toEqual(
      devices.map(() => 'sweep.wrong-seed'),
    );
  }, 30_000);
});

describe('the chain of preimages', () => {
  it('is published before it is used, used from the head on, and followed by another when it ends', async () => {
    const settings = { sweepChainLength: 2 };
    const [verifier] = (await openFleet(1, { settings, secret: 'its own' })) as [SweepVerifier];
    const devices = connect(verifier, 2);
    const places: string[] = [];
    for (let i = 0; i < 3; i++) {
      const document = await over(await verifier.sweeps.suspects(devices, 'a test'));
      places.push(`${document.chain}/${document.index}`);
      expect(document.headAt).toBeLessThanOrEqual(document.startedAt);
    }
    expect(new Set(places).size).toBe(3);
    const kinds = verifier.facts.map(({ kind }) => kind).filter((kind) => kind.startsWith('sweep.'));
    const one = ['sweep.reserved', 'sweep.finished'];
    expect(kinds).toEqual(['sweep.chain', ...one, ...one, 'sweep.chain', ...one]);
    const [newest, before] = (await published.chains()).chains;
    expect([newest?.taken, before?.taken]).toEqual([1, 2]);
  }, 30_000);
});
