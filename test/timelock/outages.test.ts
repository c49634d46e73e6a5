import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSupplier } from '../../agent/connection/supplier.js';
import { createSquarer } from '../../challenges/engines/squaring/squarer.js';
import { transcriptEntries } from '../../scoring/queries/timelock.js';
import { openClickHouse } from '../../scoring/storage/clickhouse.js';
import { cheatsOutages, type OutageParts, type OutageSide } from '../../simulator/cheats/offline/agent.js';
import { changesToken } from '../../simulator/cheats/offline/changes-token.js';
import {
  losesWithLine,
  makesUpWalks,
  rebuildsForEachLink,
  walksNothing,
} from '../../simulator/cheats/offline/loses-table.js';
import { reportsAgain } from '../../simulator/cheats/offline/reports-again.js';
import { sandbags } from '../../simulator/cheats/offline/sandbags.js';
import { sharesChain } from '../../simulator/cheats/offline/shares-chain.js';
import { solvesAhead } from '../../simulator/cheats/offline/solves-ahead.js';
import { wasOff } from '../../simulator/cheats/offline/was-off.js';
import { Secrets } from '../../verifier/secrets/secrets.js';
import { type Hall, openHall } from '../cheats/testing/hall.js';
import { CutLine } from './testing/cut-line.js';
import { OutageDevice, type OutageEntrant } from './testing/outage-hall.js';
import { timedSquarer } from './testing/timed-squarer.js';

const linkMs = 300;
const chainEveryMs = 1_000;
const rate = 1_000_000;
/** Squarings of a link of a device that shows less than any machine has. */
const floorSquarings = (250_000 * linkMs) / 1000;

const squarer = createSquarer();
const lines: CutLine[] = [];
let hall: Hall;
let seen: Awaited<ReturnType<typeof goThroughOutages>>;

/** Outside of a test there is no `expect.poll`. Where it is never so, the hook's time ends. */
async function until(is: () => boolean): Promise<void> {
  while (!is()) await sleep(20);
}

/** An outage of some devices, until so much has happened in it. */
async function goThrough(devices: readonly OutageDevice[], enough: () => boolean): Promise<void> {
  for (const { line } of devices) line.cut();
  await until(enough);
  for (const { line } of devices) line.mend();
}

async function goThroughOutages() {
  const { trapdoor } = await Secrets.open(hall.dataDir);
  const enter = (name: string, entrant: OutageEntrant) => {
    const line = lines.pop();
    if (line === undefined) throw new RangeError('there are more devices than lines');
    return new OutageDevice(hall, name, line, entrant);
  };
  const cheat = (name: string, side: (parts: OutageParts) => OutageSide, more = {}) =>
    enter(name, {
      run: cheatsOutages(side),
      squarer: timedSquarer(trapdoor, rate),
      ...more,
    });
  const fast = { squarer: timedSquarer(trapdoor, 10 * rate) };
  const { solver, taker } = sharesChain();
  const chip = () => hall.chip('RTX 4090', { speed: 1.5, tableSpeed: 8 }).tenant();
  let lose = () => {};
  const prover = hall.card(chip(), {
    table: (engine) => {
      const made = makesUpWalks(engine);
      lose = made.lose;
      return made.engine;
    },
  });
  const rebuilds = rebuildsForEachLink(
    hall.card(hall.chip('RTX 4090', { speed: 1.5, tableSpeed: 4 }).tenant()),
  );
  const devices = {
    honest: enter('honest', { run: runSupplier, squarer }),
    off: cheat('off', (parts) => wasOff(parts, 3, randomBytes)),
    ahead: cheat('ahead', (parts) => solvesAhead(parts, (ms) => ms < 1.5 * chainEveryMs)),
    old: cheat('old', (parts) => solvesAhead(parts, () => true)),
    solver: cheat('solver', solver),
    taker: cheat('taker', taker),
    sandbag: cheat('sandbag', (parts) => sandbags(parts, { trialMs: 2_500, mostLinks: 2 }), fast),
    hurried: cheat('hurried', (parts) => sandbags(parts, { trialMs: 2_500, mostLinks: 99 }), fast),
    zeros: cheat('zeros', walksNothing),
    liar: cheat('liar', (parts) => losesWithLine(parts, () => lose()), { prover }),
    rebuilder: cheat('rebuilder', (parts) => losesWithLine(parts, rebuilds.lose), {
      prover: rebuilds.prover,
    }),
    again: cheat('again', reportsAgain),
    forger: cheat('forger', changesToken),
  };
  const all = Object.values(devices);
  // Chains that reached them, the oldest too old by now.
  for (const { line } of all) await until(() => line.told('offline.chain') > 3);
  // It has begun with another one a moment ago, and has solved some of it.
  await until(() => devices.ahead.links === 1);
  await until(() => devices.ahead.links > 1);
  await goThrough(all, () =>
    [devices.honest, devices.solver, devices.hurried, devices.again].every(({ links }) => links > 5),
  );
  const shown = all.filter((one) => one !== devices.forger && one !== devices.rebuilder);
  await until(() => shown.every(({ verdicts }) => verdicts.length > 0));
  await until(() => devices.forger.refusals.length > 5);
  const { again, honest, hurried } = devices;
  // After the verdict it is given another chain.
  for (const one of [again, hurried]) {
    const before = one.line.told('offline.chain');
    await until(() => one.line.told('offline.chain') > before + 1);
  }
  await goThrough([again, honest], () => honest.verdicts.length > 0 && honest.links > 2);
  await until(() => again.verdicts.length > 1);
  return devices;
}

beforeAll(async () => {
  lines.push(...(await Promise.all(Array.from({ length: 13 }, () => CutLine.open()))));
  const publicHosts = lines.map(({ url }) => url.host);
  hall = await openHall(
    { examSeconds: 0.5 },
    { publicHosts, pingMs: 100, linkMs, chainMs: 1000 * linkMs, chainEveryMs, probeMeanMs: 24 * 3600_000 },
  );
  seen = await goThroughOutages();
});
afterAll(async () => {
  for (const { line } of Object.values(seen ?? {})) await line.close();
  await hall.close();
  await squarer.close();
});

/** What the transcripts of a device's card have of its first outage. */
async function entriesOf(device: string): Promise<unknown[]> {
  const client = await openClickHouse({ dataDir: join(hall.dataDir, 'clickhouse') });
  try {
    const outages = await client.query({
      query: `SELECT transcript FROM offline_results WHERE device = {device:String} AND entry = 1`,
      query_params: { device },
      format: 'JSONEachRow',
    });
    const [first] = await outages.json<{ transcript: string }>();
    const entries = await transcriptEntries(client, device, 0, first?.transcript ?? '');
    return entries.slice(0, 1).flatMap((fact) => (fact.kind === 'offline.shown' ? fact.cards : []));
  } finally {
    await client.close();
  }
}

describe('an honest device whose line is cut', () => {
  it('is credited for the time, and has it on record as one entry of its transcript', async () => {
    const { honest } = seen;
    expect(honest.refusals).toEqual([]);
    const [verdict] = honest.verdicts;
    expect(verdict).toMatchObject({
      code: 'offline.credited',
      cards: [{ card: 0, code: 'offline.credited' }],
    });
    const [recorded] = await honest.recorded();
    expect(recorded).toMatchObject({ code: 'offline.credited', outageMs: verdict?.outageMs });
    const creditedMs = verdict?.cards[0]?.creditedMs ?? 0;
    expect(recorded?.creditedMs).toBe(creditedMs);
    expect(recorded?.links).toBeGreaterThan(5);
    expect(await entriesOf(honest.device)).toMatchObject([{ card: 0, creditedMs }]);
    expect(await honest.status).toBe('verified');
  });
});

describe('a cheat', () => {
  it('that was off is credited nothing for links that it made up', async () => {
    expect(seen.off.verdicts[0]).toMatchObject({ code: 'offline.wrong-key', cards: [{ creditedMs: 0 }] });
    expect(await seen.off.recorded()).toMatchObject([{ code: 'offline.wrong-key', creditedMs: 0 }]);
  });

  it('that solved ahead is credited no more than what it solved since a chain that is fresh', async () => {
    const [shown] = await seen.ahead.recorded();
    expect(shown?.code).toBe('offline.credited');
    expect(shown?.creditedMs).toBeLessThanOrEqual((shown?.links ?? 0) * linkMs);
    expect(shown?.creditedMs).toBeLessThan(shown?.outageMs ?? 0);
  });

  it('that solved an older chain all the time, or kept an old token, is credited nothing', async () => {
    expect(seen.old.links).toBeGreaterThan(seen.ahead.links);
    expect(await seen.old.recorded()).toMatchObject([{ code: 'offline.chain-stale', creditedMs: 0 }]);
  });

  it('that solves one chain for two devices is credited for one', async () => {
    expect(seen.solver.credited).toBeGreaterThan(0);
    expect(seen.taker.refusals).toEqual(['offline.token-unknown']);
    expect(await seen.taker.recorded()).toMatchObject([{ code: 'offline.wrong-key', creditedMs: 0 }]);
  });

  it('that shows a slow machine in trials is counted by a floor', async () => {
    expect(seen.sandbag.line.chainSquarings).toBe(floorSquarings);
    expect(seen.sandbag.credited).toBe(2 * linkMs);
  });

  it('that then solves fast has shown how fast it is, and its links hold more from then on', () => {
    expect(seen.hurried.verdicts[0]).toMatchObject({ code: 'offline.credited' });
    expect(seen.hurried.line.chainSquarings).toBeGreaterThan(floorSquarings);
  });

  it('that has no table is credited nothing, whether it says so or makes up its walks', async () => {
    expect(await seen.zeros.recorded()).toMatchObject([{ code: 'offline.no-table', creditedMs: 0 }]);
    expect(await seen.liar.recorded()).toMatchObject([{ code: 'offline.wrong-walk', creditedMs: 0 }]);
  });

  it('that made up its walks is examined at once, another one is not', () => {
    // By its compute part, as one time at least for the first exam.
    expect(seen.liar.line.told('exam.go')).toBeGreaterThan(seen.zeros.line.told('exam.go'));
  });

  it('that makes its table anew for each link is credited for the links that it had time for', () => {
    expect(seen.rebuilder.links).toBeLessThan(seen.again.links);
    expect(seen.rebuilder.credited).toBeLessThanOrEqual(seen.rebuilder.links * linkMs);
  });

  it('that reports twice is credited once, and hears the same again after its next outage', async () => {
    expect(seen.again.refusals).toEqual(['offline.not-asked']);
    const [first, second] = seen.again.verdicts;
    expect(second).toEqual(first);
    expect(await seen.again.recorded()).toHaveLength(1);
  });

  it('that changes its token has nothing of it looked at', async () => {
    expect(new Set(seen.forger.refusals)).toEqual(new Set(['offline.token-unknown']));
    expect(await seen.forger.recorded()).toEqual([]);
  });
});
