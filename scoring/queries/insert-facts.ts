import type { ClickHouseClient } from '@clickhouse/client';
import { hardwareOf } from '../../protocol/hardware.js';
import { tableBytes, walkedBytes } from '../../protocol/shapes.js';
import { placeInJournal } from '../facts/batch.js';
import type { ExamFact, Fact, HeartbeatFact, MemoryPart, NetworkFact, PresenceFact } from '../facts/facts.js';
import type { OfflineFact } from '../facts/timelock.js';
import { changeRows } from './change-rows.js';
import { creditedMinutes } from './credited-minutes.js';
import { componentRows, disputeRow, hardwareRow } from './hardware-rows.js';
import { maintenanceRow } from './maintenance-rows.js';
import { isOfKind, minuteOf, type Placed, seconds } from './placed.js';
import { sweepMemberRows, sweepRow } from './sweep-rows.js';
import { leaseRow, offlineRows, probeRow } from './timelock-rows.js';

/** The card number of a presence row that says: the device was there, without any card. Above `limits.cards`. */
const noCard = 255;

/**
 * Writes a batch of facts into the tables that hold their kinds.
 *
 * `token` names this very batch: the same facts in the same order, always. Each table gets it, so that a batch that
 * was stored in some tables before a crash is sent again whole and completes in the others, and views with it
 * (`deduplicate_blocks_in_dependent_materialized_views`, on by default, is asked for by name).
 * Each insert has returned and is on disk when this resolves.
 *
 * @throws the client's error; nothing needs undoing, send the batch again under the same token
 */
export async function insertFacts(
  client: ClickHouseClient,
  facts: readonly Fact[],
  token: string,
): Promise<void> {
  const placed = facts.map((fact, position): Placed<Fact> => [fact, position]);
  const rows = {
    events: placed.filter(isEvent).map((one) => eventRow(one, token)),
    exam_results: placed.filter(isOfKind('exam.finished')).map(examRow),
    network_results: placed.filter(isOfKind('network.measured')).map(networkRow),
    probe_results: placed.filter(isOfKind('probe.finished')).map(probeRow),
    offline_results: placed.filter(isOfKind('offline.shown')).flatMap(offlineRows),
    lease_events: placed.filter(isOfKind('lease.moved', 'lease.witnessed')).map(leaseRow),
    maintenance: placed
      .filter(isOfKind('maintenance.declared', 'maintenance.ended', 'quiet.declared'))
      .map(maintenanceRow),
    sweeps: placed.filter(isOfKind('sweep.reserved', 'sweep.finished')).map(sweepRow),
    sweep_members: placed.filter(isOfKind('sweep.finished')).flatMap(sweepMemberRows),
    hardware_reports: placed.filter(isOfKind('hardware.reported')).map(hardwareRow),
    hardware_components: placed.filter(isOfKind('hardware.reported')).flatMap(componentRows),
    disputes: placed.filter(isOfKind('dispute.moved')).map(disputeRow),
    presence: [
      ...placed.filter(isOfKind('presence')).flatMap(presenceRows),
      ...placed.filter(isOfKind('offline.shown')).flatMap(creditedRows),
    ],
    heartbeats: placed.filter(isOfKind('heartbeat')).map(heartbeatRow),
    // Last: what the feed tells of is in the record already.
    ...changeRows(placed, token),
  };
  for (const [table, values] of Object.entries(rows)) {
    if (values.length > 0) await insert(client, table, values, token);
  }
}

async function insert(
  client: ClickHouseClient,
  table: string,
  values: readonly object[],
  token: string,
): Promise<void> {
  await client.insert({
    table,
    values,
    format: 'JSONEachRow',
    clickhouse_settings: {
      insert_deduplication_token: token,
      insert_deduplicate: 1,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      // A server's profile may have them on: they return before the data is there, or deduplicate otherwise.
      async_insert: 0,
    },
  });
}

type EventFact = Exclude<Fact, PresenceFact | HeartbeatFact>;

const isEvent = (one: Placed<Fact>): one is Placed<EventFact> =>
  one[0].kind !== 'presence' && one[0].kind !== 'heartbeat';

function eventRow([fact, position]: Placed<EventFact>, token: string): object {
  const { id, device, kind, at } = fact;
  const row = { id, device, kind, at: seconds(at), position, body: JSON.stringify(fact) };
  return { ...row, ...placeInJournal(token, position) };
}

function examRow([fact, position]: Placed<ExamFact>): object {
  return {
    id: fact.id,
    device: fact.device,
    exam: fact.exam,
    card: fact.card,
    kind: fact.examKind,
    at: seconds(fact.at),
    position,
    attempts: fact.attempts,
    outcome: fact.outcome,
    reasons: fact.reasons,
    claimed_class: fact.claimedClass,
    class: fact.class,
    engine: fact.engine,
    ...fact.shape,
    pages_opened: fact.openings.length,
    pages_right: fact.pagesRight,
    elapsed_ms: fact.elapsedMs,
    round_trip_ms: fact.roundTripMs,
    gflops: fact.gflops,
    sweep: fact.sweep ?? null,
    card_kind: fact.claim.kind,
    hardware: hardwareOf(fact.claim),
    ...(fact.memory && memoryColumns(fact.memory)),
  };
}

/** Absent columns are null. */
function memoryColumns({ shape, ...part }: MemoryPart): object {
  return {
    memory_engine: part.engine,
    memory_attempts: part.attempts,
    table_bytes: tableBytes(shape),
    walked_bytes: walkedBytes(shape),
    walkers_opened: part.openings.length,
    walkers_right: part.walkersRight,
    build_ms: part.buildMs,
    memory_elapsed_ms: part.elapsedMs,
    bandwidth_gbps: part.bandwidthGBps,
  };
}

function networkRow([fact, position]: Placed<NetworkFact>): object {
  return {
    id: fact.id,
    device: fact.device,
    exam: fact.exam,
    at: seconds(fact.at),
    position,
    round_trips: fact.roundTrips,
    round_trip_min_ms: fact.roundTripMinMs,
    round_trip_median_ms: fact.roundTripMedianMs,
    download_bytes: fact.downloadBytes,
    download_mbps: fact.downloadMbps,
    upload_bytes: fact.uploadBytes,
    upload_mbps: fact.uploadMbps,
  };
}

function presenceRows([{ device, at, cards }]: Placed<PresenceFact>): object[] {
  const there = cards.length > 0 ? [...new Set(cards)] : [noCard];
  return there.map((card) => ({ device, card, minute: minuteOf(at) }));
}

/** Minutes that a card was credited are minutes up like all others. */
function creditedRows([{ device, from, cards }]: Placed<OfflineFact>): object[] {
  return cards.flatMap(({ card, creditedMs }) =>
    creditedMinutes(from, creditedMs).map((minute) => ({ device, card, minute })),
  );
}

function heartbeatRow([{ verifier, at }]: Placed<HeartbeatFact>): object {
  return { verifier, minute: minuteOf(at) };
}
