import { readdir, readFile } from 'node:fs/promises';
import type { ClickHouseClient } from '@clickhouse/client';
import { afterAll, expect, it } from 'vitest';
import { uniformFrom } from '../../protocol/testing/uniform.js';
import { givenClass } from '../catalogue/given.js';
import { batchToken } from '../facts/batch.js';
import type { Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { deviceId, exam, nextId } from '../testing/facts.js';
import { openTestRecord } from '../testing/record.js';
import { someFacts, world } from '../testing/some-facts.js';
import { announcedVersions } from './agent-versions.js';
import { alarmsSince } from './alarms.js';
import { attestationsSince } from './attestations.js';
import { changeEnds, changePointers, changesAt } from './changes.js';
import { collisions, commonValues, partialCollisions, showersOf, showingsOf } from './collisions.js';
import { loadDevices } from './devices.js';
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
import { enrolmentsOf } from './enrolments.js';
import { eventsOf } from './events.js';
import { examHistory, examOutcomes } from './exams.js';
import { fleetFigures } from './figures.js';
import { latestHardware, loadHardware } from './hardware.js';
import { clonesOf } from './hardware-clones.js';
import { insertFacts } from './insert-facts.js';
import { fleetSamples } from './learn.js';
import { learnedFigures } from './learned.js';
import { examById, tablesOfLease } from './lease-facts.js';
import { leaseHistory, leasesOfMarketplace, openLeases } from './leases.js';
import { windowsOfDevice, windowsSince } from './maintenance.js';
import { latestNetwork } from './network.js';
import { oursBetween } from './ours.js';
import { outagesOf } from './outage-facts.js';
import { bestSquaringRate, creditedSince } from './outages.js';
import { lastMinuteSeen, presenceSummary, serviceWindow } from './presence.js';
import { serverTime } from './server-time.js';
import {
  abandonedSweeps,
  examsOfSweep,
  finishedSweeps,
  fleetSweptSince,
  lastFinishedOf,
  lastFleetWindowAt,
  lastTaken,
  mostProvenTogether,
  sweepChains,
  sweepParts,
  takersOf,
} from './sweeps.js';
import { latestTables } from './tables.js';
import { probesOf, transcriptEntries, transcriptHead } from './timelock.js';
import { loadWebhooks } from './webhooks.js';

// A verifier dies, another puts on record what it had acknowledged, it comes back and ships its journal: facts stand twice.

const record = await openTestRecord();
afterAll(() => record.close());
await migrate(record.client);

/** Every statement that was asked. */
const asked = new Set<string>();
const client: ClickHouseClient = new Proxy(record.client, {
  get: (target, name, receiver) =>
    name !== 'query'
      ? Reflect.get(target, name, receiver)
      : (given: Parameters<ClickHouseClient['query']>[0]) => {
          asked.add(given.query);
          return target.query(given);
        },
});

const { start, minutes, devices, exams, leases, sweeps, chain, places, transcript, disputes, gpu } = world;
/** `someFacts` have GPUs of the class that their exams name. */
const memory = { bandwidthGBps: 10, tableGops: 1, bestGops: 1 };
const catalogue = { classes: [givenClass('cpu', 'gpu', { gflops: 1, memory })] };
const now = start + minutes * 60_000;
const [first, until] = [start / 60_000 - 5, now / 60_000 + 5];

/** What every query says of these facts. */
async function answers(journal: string) {
  const ofDevice = async (device: string) => ({
    enrolments: await enrolmentsOf(client, device, null, 100),
    events: await eventsOf(client, device, 1000),
    someEvents: await eventsOf(client, device, 7),
    outcomes: await examOutcomes(client, device),
    history: await examHistory(client, device, 5),
    windows: await windowsOfDevice(client, device, 0),
    network: await latestNetwork(client, device),
    hardware: await latestHardware(client, device),
    clones: await clonesOf(client, device, world.image),
    outages: await outagesOf(client, device, start),
    rate: await bestSquaringRate(client, device, start),
    credited: await creditedSince(client, device, start),
    presence: await presenceSummary(client, device, first, until),
    seen: await lastMinuteSeen(client, device),
    tables: await latestTables(client, device),
    probes: await probesOf(client, device, start),
    entries: await Promise.all([0, 1].map((card) => transcriptEntries(client, device, card, transcript))),
    heads: await Promise.all([0, 1].map((card) => transcriptHead(client, device, card, transcript))),
    exams: await Promise.all(exams.map((exam) => examById(client, device, exam))),
    ballasts: await Promise.all(leases.map((lease) => tablesOfLease(client, device, lease))),
  });
  const ends = await changeEnds(client);
  const pointers = await changePointers(client, {
    journal,
    after: 0,
    upTo: ends.get(journal) ?? 0,
    kinds: [],
    devices: [],
    limit: 1000,
  });
  const changes = await changesAt(client, pointers);
  await serverTime(client);
  return {
    devices: await Promise.all(devices.map(ofDevice)),
    all: await loadDevices(client),
    versions: await announcedVersions(client),
    alarms: await alarmsSince(client, 0, 100),
    reports: await loadHardware(client),
    attested: await attestationsSince(client, start),
    pointers,
    changes: pointers.map(({ id }) => changes.get(id)?.fact),
    figures: await fleetFigures(client, now),
    open: await openLeases(client),
    ofMarket: await leasesOfMarketplace(client, 'market'),
    leases: await Promise.all(leases.map((lease) => leaseHistory(client, lease))),
    windows: await windowsSince(client, 0),
    ours: await oursBetween(client, first * 60_000, until * 60_000),
    service: await serviceWindow(client, until, 20),
    collisions: await collisions(client, null, 100),
    showers: await showersOf(client, { kind: 'gpu-uuid', hash: gpu }, 10),
    showings: await showingsOf(client, devices, [gpu]),
    partial: await partialCollisions(client, 8, 100),
    common: await commonValues(client, 1, 100),
    disputes: await loadDisputes(client),
    disputesBefore: await disputesBefore(client, now, 10),
    moves: await Promise.all(disputes.map((dispute) => movesOf(client, dispute, 5))),
    together: await sweptTogether(client, devices, start, 10),
    examFacts: await examFactsIn(client, devices[0] ?? '', 0, sweeps),
    cleared: await clearedAt(client, devices),
    enrolled: await enrolmentsOfMany(client, devices, 5),
    transition: await hasTransition(client, devices[0] ?? '', nextId('fa')),
    chains: await sweepChains(client, 10),
    taken: await lastTaken(client, chain),
    lastFinished: await lastFinishedOf(client, chain),
    takers: await Promise.all(places.map((place) => takersOf(client, chain, place))).then((all) =>
      all.map((of) => of.toSorted()),
    ),
    parts: await Promise.all(sweeps.map((sweep) => sweepParts(client, sweep))),
    examsOfSweeps: (await Promise.all(sweeps.map((sweep) => examsOfSweep(client, sweep)))).map((of) =>
      of.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    ),
    finished: await finishedSweeps(client, now + 1, 100),
    abandoned: await abandonedSweeps(client, now + 1),
    fleetWindow: await lastFleetWindowAt(client),
    swept: (await fleetSweptSince(client, start)).toSorted(),
    proven: await mostProvenTogether(client, start),
    samples: await fleetSamples(client, catalogue, { from: start, to: now }),
    learned: await learnedFigures(client),
    webhooks: await loadWebhooks(client),
  };
}

/** A journal's batches, cut where `uniform` says. */
async function ship(facts: readonly Fact[], journal: string, uniform: () => number): Promise<void> {
  for (let from = 0; from < facts.length; ) {
    const to = Math.min(facts.length, from + 1 + Math.floor(uniform() * 60));
    await insertFacts(
      record.client,
      facts.slice(from, to),
      batchToken({ journal, segment: 1, from: from * 1000, to: to * 1000 }),
    );
    from = to;
  }
}

const journalOf = (name: string) => deviceId(name).slice(0, 16);

it('no query says anything else when every fact stands in the record twice', async () => {
  const uniform = uniformFrom(20_240_501);
  const facts = someFacts(uniform);
  await ship(facts, journalOf('first'), uniform);
  const once = await answers(journalOf('first'));
  await ship(facts, journalOf('second'), uniform);
  expect(await answers(journalOf('first'))).toEqual(once);
});

it('of an exam that two verifiers ended the later end counts, whichever came into the record first', async () => {
  // One died with its verdict in the journal and told nobody; the other took the device over and judged again.
  const sweep = nextId('sw');
  for (const [of, order] of [
    [deviceId('ended twice'), [0, 1]],
    [deviceId('ended twice, then told'), [1, 0]],
  ] as const) {
    const untold = exam(of, start, { outcome: 'unanswered', gflops: null, sweep });
    const told = { ...untold, at: start + 90_000, outcome: 'passed', gflops: 7 } as const;
    const after = exam(of, start + 100_000);
    await insertFacts(record.client, [after], `${of} after`);
    for (const i of order) await insertFacts(record.client, [[untold, told][i] as Fact], `${of} ${i}`);
    const later = [told.at, after.at];
    expect((await examOutcomes(client, of)).map(({ at }) => at)).toEqual(later);
    expect((await examHistory(client, of, 10)).map(({ at }) => at)).toEqual(later.toReversed());
    expect(await examById(client, of, told.exam)).toEqual([told]);
    expect(await examsOfSweep(client, sweep)).toContainEqual(told);
  }
});

it('all statements of this folder were asked', async () => {
  const folder = new URL('./', import.meta.url);
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const texts = await Promise.all(files.map((name) => readFile(new URL(name, folder), 'utf8')));
  const declared = texts.reduce((sum, text) => sum + text.split('= statement({').length - 1, 0);
  expect(asked.size).toBe(declared);
});
