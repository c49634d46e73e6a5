import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { DeviceId, Hex32, TranscriptId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import type { OfflineFact, ProbeFact } from '../facts/timelock.js';
import { statement } from '../storage/statements.js';
import { readOffline, readProbe } from './fact-body.js';

const Body = Type.Object({ body: Type.String() });
const Since = Type.Integer({ minimum: 0, description: 'Milliseconds since 1970 UTC' });

const probes = statement({
  sql: `
    SELECT body
    FROM events
    WHERE device = {device:String} AND kind = 'probe.finished' AND at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC')
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ device: DeviceId, since: Since }),
  row: Body,
});

/** The probes of all cards of a device that ended at `since` or later, in milliseconds since 1970, oldest first. */
export async function probesOf(
  client: ClickHouseClient,
  device: string,
  since: number,
): Promise<ProbeFact[]> {
  return (await probes(client, { device, since })).map(({ body }) => readProbe(body));
}

const Transcript = Type.Object({ device: DeviceId, card: CardIndex, transcript: TranscriptId });

// Both kinds of entries by the typed tables. Ids and tags of a fact that was stored twice are the same.
const entriesOf = (columns: string): string =>
  ['probe_results', 'offline_results']
    .map(
      (table) => `
        SELECT ${columns}
        FROM ${table}
        WHERE device = {device:String} AND card = {card:UInt8} AND transcript = {transcript:String}`,
    )
    .join(' UNION ALL ');

const entryBodies = statement({
  sql: `
    WITH entries AS (${entriesOf('id, at, entry')})
    SELECT body, entry
    FROM events
    INNER JOIN (SELECT id, any(entry) AS entry FROM entries GROUP BY id) AS found USING (id)
    WHERE device = {device:String} AND kind IN ('probe.finished', 'offline.shown')
      AND at >= (SELECT min(entries.at) FROM entries) AND at <= (SELECT max(entries.at) FROM entries)
    ORDER BY entry
    LIMIT 1 BY id`,
  params: Transcript,
  row: Type.Object({ body: Type.String(), entry: Type.Integer({ minimum: 1 }) }),
});

/** All entries of a card's transcript by their index. An outage's fact is one of several cards. */
export async function transcriptEntries(
  client: ClickHouseClient,
  device: string,
  card: number,
  transcript: string,
): Promise<(ProbeFact | OfflineFact)[]> {
  const rows = await entryBodies(client, { device, card, transcript });
  return rows.map(({ body }) => (isProbe(body) ? readProbe(body) : readOffline(body)));
}

const isProbe = (body: string): boolean =>
  (JSON.parse(body) as { readonly kind?: unknown }).kind === 'probe.finished';

const head = statement({
  sql: `SELECT entry AS index, tag FROM (${entriesOf('entry, tag')}) ORDER BY entry DESC LIMIT 1`,
  params: Transcript,
  row: Type.Object({ index: Type.Integer({ minimum: 1 }), tag: Hex32 }),
});

/** The last entry of a card's transcript, or null before the first. */
export async function transcriptHead(
  client: ClickHouseClient,
  device: string,
  card: number,
  transcript: string,
): Promise<{ index: number; tag: string } | null> {
  const [row] = await head(client, { device, card, transcript });
  return row ?? null;
}
