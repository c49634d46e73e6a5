import type { ClickHouseClient } from '@clickhouse/client';
import type { Clock } from '../protocol/clock.js';
import { announcedVersions } from '../scoring/queries/agent-versions.js';
import { loadDevices } from '../scoring/queries/devices.js';
import { learnedFigures } from '../scoring/queries/learned.js';
import { windowsSince } from '../scoring/queries/maintenance.js';
import { loadWebhooks } from '../scoring/queries/webhooks.js';
import type { Attestations } from './attestation/open-attestation.js';
import type { LiveCatalogue } from './catalogue/live-catalogue.js';
import type { Devices } from './devices/devices.js';
import type { Disputes } from './disputes/open-disputes.js';
import type { Feeds } from './feeds/feeds.js';
import type { Hardware } from './hardware/open-hardware.js';
import type { FactFollower } from './homes/fact-reader.js';
import type { AgentVersions } from './identity/agent-versions.js';
import type { Leases } from './leases/leases.js';
import type { Maintenance } from './maintenance/maintenance.js';
import { capSpanMs } from './maintenance/window-rules.js';

export interface FollowingParts {
  readonly clickhouse: ClickHouseClient;
  readonly clock: Pick<Clock, 'now'>;
  readonly devices: Devices;
  readonly leases: Leases;
  readonly maintenance: Maintenance;
  readonly agents: AgentVersions;
  readonly feeds: Feeds;
  readonly hardware: Hardware;
  readonly attestation: Attestations;
  readonly catalogue: LiveCatalogue;
  readonly disputes: Pick<Disputes, 'apply' | 'reload'>;
}

/** What other verifiers record, taken to all who keep a view of the record in memory. */
export function followFleet(parts: FollowingParts): FactFollower {
  const {
    clickhouse,
    clock,
    devices,
    leases,
    maintenance,
    agents,
    feeds,
    hardware,
    attestation,
    catalogue,
    disputes,
  } = parts;
  return {
    name: 'fleet',
    async apply(facts) {
      await devices.apply(facts);
      feeds.apply(facts);
      hardware.book.apply(facts);
      attestation.cards.apply(facts);
      disputes.apply(facts);
      for (const fact of facts) {
        maintenance.apply(fact);
        agents.apply(fact);
        catalogue.apply(fact);
        if (fact.kind === 'lease.moved') leases.follow(fact);
      }
    },
    async reload() {
      devices.reload(await loadDevices(clickhouse));
      maintenance.reload(await windowsSince(clickhouse, clock.now() - capSpanMs));
      for (const fact of await announcedVersions(clickhouse)) agents.apply(fact);
      for (const fact of await learnedFigures(clickhouse)) catalogue.apply(fact);
      await hardware.reload();
      await attestation.reload();
      await leases.reload();
      feeds.apply(await loadWebhooks(clickhouse));
      await disputes.reload();
    },
  };
}
