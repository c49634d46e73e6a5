import type { ClickHouseClient } from '@clickhouse/client';
import { Type } from 'typebox';
import { LeaseId } from '../../protocol/ids.js';
import type { LeaseMovedFact, LeaseWitnessedFact } from '../facts/lease.js';
import { statement } from '../storage/statements.js';
import { readLeaseMoved, readLeaseWitnessed } from './fact-body.js';

const Body = Type.Object({ body: Type.String() });

/** Bodies of the last move of each lease that a condition on its moves holds for; oldest lease first. */
const lastMoves = (condition: string): string => `
    WITH last AS (
      SELECT lease, min(at) AS opened, argMax((id, device, at), (at, recorded, position)) AS move,
        argMax(state, (at, recorded, position)) AS state
      FROM lease_events
      WHERE kind = 'lease.moved'
      GROUP BY lease
      HAVING ${condition}
    )
    SELECT body
    FROM events
    INNER JOIN (SELECT move.1 AS id, opened FROM last) AS found USING (id)
    WHERE kind = 'lease.moved' AND device IN (SELECT move.2 FROM last)
    ORDER BY opened, id
    LIMIT 1 BY id`;

const open = statement({
  sql: lastMoves(`state NOT IN ('ended', 'refused')`),
  params: Type.Object({}),
  row: Body,
});

/** Every lease that has not ended, as its last move left it; oldest first. */
export async function openLeases(client: ClickHouseClient): Promise<LeaseMovedFact[]> {
  return (await open(client, {})).map(({ body }) => readLeaseMoved(body));
}

const ofMarketplace = statement({
  sql: lastMoves(
    `any(marketplace) = {marketplace:String} AND ({reference:Nullable(String)} IS NULL OR any(reference) = {reference:Nullable(String)})`,
  ),
  params: Type.Object({ marketplace: Type.String(), reference: Type.Union([Type.String(), Type.Null()]) }),
  row: Body,
});

/**
 * The leases of a marketplace, each as its last move left it; oldest first.
 * @param reference its own name for them; all where absent
 */
export async function leasesOfMarketplace(
  client: ClickHouseClient,
  marketplace: string,
  reference?: string,
): Promise<LeaseMovedFact[]> {
  const rows = await ofMarketplace(client, { marketplace, reference: reference ?? null });
  return rows.map(({ body }) => readLeaseMoved(body));
}

const history = statement({
  sql: `
    WITH said AS (SELECT id, device, at FROM lease_events WHERE lease = {lease:String})
    SELECT body
    FROM events
    WHERE device IN (SELECT device FROM said) AND kind IN ('lease.moved', 'lease.witnessed')
      AND id IN (SELECT id FROM said)
    ORDER BY at, recorded, position
    LIMIT 1 BY id`,
  params: Type.Object({ lease: LeaseId }),
  row: Body,
});

/** All moves of a lease and all that its witness said, oldest first. */
export async function leaseHistory(
  client: ClickHouseClient,
  lease: string,
): Promise<(LeaseMovedFact | LeaseWitnessedFact)[]> {
  const rows = await history(client, { lease });
  return rows.map(({ body }) => (isMove(body) ? readLeaseMoved(body) : readLeaseWitnessed(body)));
}

const isMove = (body: string): boolean =>
  (JSON.parse(body) as { readonly kind?: unknown }).kind === 'lease.moved';
