import type { ClickHouseClient } from '@clickhouse/client';
import { examById, tablesOfLease } from '../../scoring/queries/lease-facts.js';
import { leaseHistory, leasesOfMarketplace, openLeases } from '../../scoring/queries/leases.js';
import { oursBetween } from '../../scoring/queries/ours.js';
import { transcriptEntries, transcriptHead } from '../../scoring/queries/timelock.js';
import { leasedCards } from './ballast.js';
import { Heads, type HeadsOptions } from './heads.js';
import { Leases, type LeasesOptions } from './leases.js';
import { type ReceiptRecord, Receipts, type ReceiptsOptions } from './receipts.js';
import { type Shipping, settled } from './settled.js';
import { isOver } from './transitions.js';
import { Witnesses } from './witnesses.js';

/** The heartbeat of a minute is on record after it. */
const minuteMs = 60_000;

export interface LeasingOptions extends Omit<LeasesOptions, 'record' | 'examOf'> {
  readonly clickhouse: ClickHouseClient;
  readonly shipping: Shipping;
  readonly signing: ReceiptsOptions['signing'];
  readonly transcripts: HeadsOptions['transcripts'] & LeasesOptions['transcripts'];
}

/** All that marketplaces and witnesses ask for. */
export interface Leasing {
  readonly leases: Leases;
  readonly receipts: Receipts;
  readonly heads: Heads;
  readonly witnesses: Witnesses;
}

/** Makes the parts of leasing over the record. `leases.start` reads them from the record. */
export function openLeasing(options: LeasingOptions): Leasing {
  const { clickhouse, clock, random, recorder, keyOf, devices, ballast } = options;
  const record = recordOf(options);
  const leases = new Leases({
    ...options,
    record: {
      open: () => openLeases(clickhouse),
      history: record.history,
      ofReference: (marketplace, reference) => leasesOfMarketplace(clickhouse, marketplace, reference),
    },
    examOf: record.exam,
    observe: (fact) => {
      if (isOver(fact.to)) witnesses.forget(fact.lease);
      options.observe(fact);
    },
  });
  const receipts = new Receipts({
    record,
    clock,
    keyOf,
    signing: options.signing,
    claims: (device) => {
      const state = devices.get(device);
      return state === undefined ? [] : leasedCards(ballast, state);
    },
  });
  const heads = new Heads({
    record,
    transcripts: options.transcripts,
    recorded: (device, card, transcript) => transcriptHead(clickhouse, device, card, transcript),
  });
  const witnesses = new Witnesses({
    clock,
    random,
    recorder,
    history: record.history,
    heads: (lease) => heads.of(lease),
    tagOf: (lease, card, index) => heads.tagOf(lease, card, index),
    serial: options.serial,
    stateOf: async (id) => (await leases.get(id)).state,
  });
  return { leases, receipts, heads, witnesses };
}

function recordOf({ clickhouse, shipping, clock }: LeasingOptions): ReceiptRecord {
  return {
    history: (lease) => leaseHistory(clickhouse, lease),
    tables: (device, lease) => tablesOfLease(clickhouse, device, lease),
    exam: (device, exam) => examById(clickhouse, device, exam),
    transcript: (device, card, transcript) => transcriptEntries(clickhouse, device, card, transcript),
    oursBetween: (from, to) => oursBetween(clickhouse, from, Math.min(to, clock.now() - minuteMs)),
    settled: () => settled(shipping),
  };
}
