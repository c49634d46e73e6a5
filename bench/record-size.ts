// What the record takes on disk for each fact: `npm run bench:record`. Facts as a fleet makes them, with random
// bytes where there are any, in batches as a verifier sends them; merged at the end, as ClickHouse does by itself in time.
import { createHash } from 'node:crypto';
import type { Component } from '../protocol/messages/hardware.js';
import { uniformFrom } from '../protocol/testing/uniform.js';
import { batchToken } from '../scoring/facts/batch.js';
import type { Fact } from '../scoring/facts/facts.js';
import { insertFacts } from '../scoring/queries/insert-facts.js';
import { migrate } from '../scoring/storage/migrate.js';
import { exam, memoryPart, presence } from '../scoring/testing/facts.js';
import { hardwareReported } from '../scoring/testing/hardware-facts.js';
import { openTestRecord } from '../scoring/testing/record.js';
import { probe } from '../scoring/testing/timelock-facts.js';
import { print } from './markdown.js';

const devices = 1_000;
const hours = 6;
/** Just now: older minutes are dropped. */
const begin = Math.floor(Date.now() / 3600_000 - hours) * 3600_000;
const uniform = uniformFrom(5);

let drawn = 0;
const hex = (digits: number) =>
  createHash('sha512').update(`bytes ${drawn++}`).digest('hex').repeat(2).slice(0, digits);
const id = (prefix: string) => `${prefix}_${hex(32)}`;
const list = <T>(count: number, one: () => T): T[] => Array.from({ length: count }, one);
const below = (count: number) => Math.floor(uniform() * count);

/** Of a card of sixteen rounds in both parts, with the openings that a verifier draws. */
const examOf = (device: string, at: number) =>
  exam(device, at, {
    id: id('fa'),
    exam: id('ex'),
    seed: hex(64),
    roots: list(16, () => hex(64)),
    openings: list(32, () => ({ round: below(16), page: below(4096) })),
    elapsedMs: 2000 + 500 * uniform(),
    roundTripMs: 20 + 10 * uniform(),
    gflops: 60_000 + 5000 * uniform(),
    memory: {
      ...memoryPart,
      tableSeed: hex(64),
      walkSeed: hex(64),
      roots: list(16, () => hex(64)),
      openings: list(16, () => ({ round: below(16), walker: below(4096) })),
      elapsedMs: 1000 + 300 * uniform(),
      bandwidthGBps: 700 + 50 * uniform(),
    },
  });

const probeOf = (device: string, at: number) =>
  probe(device, at, {
    id: id('fa'),
    probe: id('pr'),
    tag: hex(64),
    root: hex(64),
    tableSeed: hex(64),
    seed: hex(64),
    openings: list(4, () => ({ round: below(4), walker: below(4096) })),
    elapsedMs: 100 + 50 * uniform(),
    roundTripMs: 20 + 10 * uniform(),
    signature: hex(128),
  });

const ids: readonly (readonly [Component['kind'], number | null])[] = [
  ['gpu-uuid', 0],
  ['gpu-serial', 0],
  ['machine-id', null],
  ['system-uuid', null],
  ['host-key', null],
  ['disk', null],
  ['mac', null],
  ['mac', null],
];
/** Of a machine with one card and the ids that such machines have, most of its other words being the same for all. */
const reportOf = (device: string, at: number) => {
  const components = ids.map(([kind, card]) => ({ kind, card, hash: hex(64) }));
  return { ...hardwareReported(device, at, { components, steady: hex(64) }), id: id('fa') };
};

const record = await openTestRecord();
await migrate(record.client);
let offset = 0;
async function ship(facts: readonly Fact[]): Promise<void> {
  const to = offset + JSON.stringify(facts).length;
  await insertFacts(
    record.client,
    facts,
    batchToken({ journal: 'ab'.repeat(8), segment: 1, from: offset, to }),
  );
  offset = to;
}

const fleet = list(devices, () => hex(64));
const counts = { presence: 0, exam: 0, probe: 0, report: devices };
await ship(fleet.map((device) => reportOf(device, begin)));
/** Of the journal, before the first minute of the fleet. */
const enrolled = offset;
for (let minute = 0; minute < hours * 60; minute++) {
  const at = begin + minute * 60_000;
  // One in ten is away, each minute another.
  const there = fleet.filter(() => uniform() < 0.9);
  const exams = fleet.filter(() => uniform() < 1 / 360).map((device) => examOf(device, at + below(60_000)));
  const probes = fleet.filter(() => uniform() < 1 / 10).map((device) => probeOf(device, at + below(60_000)));
  await ship([...there.map((device) => presence(device, at / 60_000)), ...exams, ...probes]);
  counts.presence += there.length;
  counts.exam += exams.length;
  counts.probe += probes.length;
}

const about: Record<string, readonly [of: keyof typeof counts, what: string]> = {
  presence: ['presence', 'a minute of a card (14 days)'],
  presence_hours: ['presence', 'a minute of a card, by the hour (13 months)'],
  exam_results: ['exam', 'an exam of a card, its figures'],
  probe_results: ['probe', 'a probe, its figures'],
  changes: ['exam', 'an exam, in the feed'],
  hardware_reports: ['report', 'a report of a host, what was found'],
  hardware_components: ['report', 'a report of a host, its eight ids'],
};
async function bytesOf(table: string, where = ''): Promise<number> {
  const rows = await record.client.query({
    query: `SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table = '${table}' ${where}`,
    format: 'JSONEachRow',
  });
  return Number((await rows.json<{ bytes: number }>())[0]?.bytes);
}

// Events of all kinds lie in one table: apart, each is measured by itself.
for (const [kind, stored, what] of [
  ['exam', 'exam.finished', 'an exam of a card, whole'],
  ['probe', 'probe.finished', 'a probe, whole'],
  ['report', 'hardware.reported', 'a report of a host, whole'],
] as const) {
  const name = `only_${kind}`;
  await record.client.command({ query: `CREATE TABLE ${name} AS events` });
  await record.client.command({
    query: `INSERT INTO ${name} SELECT * FROM events WHERE kind = '${stored}'`,
  });
  about[name] = [kind, what];
}
for (const table of Object.keys(about))
  await record.client.command({ query: `OPTIMIZE TABLE ${table} FINAL` });
print(
  await Promise.all(
    Object.entries(about).map(async ([table, [of, what]]) => ({
      what,
      'bytes on disk': ((await bytesOf(table)) / counts[of]).toFixed(1),
      measured: `${counts[of]} in ${table}`,
    })),
  ),
);
const days = (devices * hours) / 24;
print([
  { what: 'a card and day in the journal, KB', measured: ((offset - enrolled) / days / 1000).toFixed(0) },
]);
await record.close();
