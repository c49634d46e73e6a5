import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../../protocol/clock.js';
import type { EnrolledFact } from '../../scoring/facts/facts.js';
import { type Showing, showingsOf } from '../../scoring/queries/collisions.js';
import { clearedAt, enrolmentsOfMany } from '../../scoring/queries/disputes.js';
import type { Devices } from '../devices/devices.js';
import type { ClaimedValues } from './claimed-values.js';
import { shownSince } from './continuity.js';
import type { Claim } from './dispute.js';
import type { ClaimGroup } from './groups.js';

/** Enrolments that are read back of each claimant. */
const enrolmentsEach = 500;
/** Claimants that a dispute looks at, those with something to lose first, then by their age. */
const mostClaimants = 64;

export interface ClaimsParts {
  readonly clock: Pick<Clock, 'now'>;
  readonly devices: Pick<Devices, 'get'>;
  readonly values: Pick<ClaimedValues, 'idsIn'>;
  readonly isLeased: (device: string) => boolean;
}

/** What the record says of the devices of some groups over time. */
export interface Past {
  readonly enrolments: ReadonlyMap<string, readonly EnrolledFact[]>;
  readonly showings: ReadonlyMap<string, readonly Showing[]>;
  readonly cleared: ReadonlyMap<string, number>;
}

/** @throws the record's errors */
export async function pastOf(clickhouse: ClickHouseClient, groups: readonly ClaimGroup[]): Promise<Past> {
  const devices = [...new Set(groups.flatMap(({ cards }) => [...cards.keys()]))];
  const hashes = [...new Set(groups.flatMap((group) => group.hashes))];
  return {
    enrolments: byDevice(await enrolmentsOfMany(clickhouse, devices, enrolmentsEach)),
    showings: byDevice(await showingsOf(clickhouse, devices, hashes)),
    cleared: await clearedAt(clickhouse, devices),
  };
}

/** The claims of a group, with how long each has stood. @throws what `present` throws */
export async function claimsOf(
  parts: ClaimsParts,
  group: ClaimGroup,
  past: Past,
  present: (device: string) => Promise<boolean>,
): Promise<Claim[]> {
  const claims = [...group.cards.keys()].flatMap((device) => claimOf(parts, group, device, past) ?? []);
  const taken = claims
    .sort((a, b) => Number(b.standing) - Number(a.standing) || a.since - b.since)
    .slice(0, mostClaimants);
  return Promise.all(taken.map(async (claim) => ({ ...claim, present: await present(claim.device) })));
}

function byDevice<T extends { readonly device: string }>(
  all: readonly T[],
): ReadonlyMap<string, readonly T[]> {
  const map = new Map<string, T[]>();
  for (const one of all) {
    const known = map.get(one.device);
    if (known === undefined) map.set(one.device, [one]);
    else known.push(one);
  }
  return map;
}

function claimOf(
  { clock, devices, values, isLeased }: ClaimsParts,
  { hashes, cards }: ClaimGroup,
  device: string,
  past: Past,
): Claim | null {
  const state = devices.get(device);
  const card = cards.get(device);
  if (state === undefined || card === undefined) return null;
  const own = past.enrolments.get(device) ?? [];
  const reports = past.showings.get(device) ?? [];
  const since = hashes.flatMap((hash) => {
    const byClaims = shownSince(
      // What it claims now may not be in the record yet.
      [...own, state.enrolment].map((fact) => ({
        at: fact.at,
        shows: values.idsIn(fact).some(([id]) => id === hash),
      })),
    );
    const byReports = shownSince(reports.map(({ at, hashes }) => ({ at, shows: hashes.includes(hash) })));
    return [byClaims, byReports].filter((at) => at !== null);
  });
  if (since.length === 0) return null;
  const first = Math.min(...since);
  return {
    device,
    card,
    since: first,
    shownAt: isLeased(device) ? clock.now() : (state.lastPassedAt ?? 0),
    clearedAt: past.cleared.get(device) ?? null,
    standing: state.status === 'verified' || state.status === 'suspended',
    present: false,
    wallet: state.enrolment.wallet ?? null,
  };
}
