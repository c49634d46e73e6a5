import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSupplier } from '../../agent/connection/supplier.js';
import { identityOf } from '../../agent/identity.js';
import { enginesOn, proverOn } from '../../simulator/card.js';
import { fasterBy, SimulatedChip } from '../../simulator/chip.js';
import { claimGpu } from '../../simulator/claims.js';
import { type HostEngines, startHostEngines } from '../../simulator/host/host-engines.js';
import { scaledCatalogue } from '../../simulator/scaled-catalogue.js';
import { LeaseApi } from '../../witness/lease-api.js';
import { runWitness } from '../../witness/witness.js';
import { KillableVerifier } from './testing/killable-verifier.js';
import { Market } from './testing/market.js';
import { faultsOf } from './testing/receipts.js';

const verifier = new KillableVerifier({
  cohortMs: 200,
  examSeconds: 0.2,
  probeMeanMs: 3600_000,
  leaseProbeMeanMs: 150,
  leaseRestMs: 0,
  ballastBytes: 256 * 1024,
  logLevel: 'debug',
});
const end = new AbortController();
let host: HostEngines;
let url: URL;
beforeAll(async () => {
  host = startHostEngines();
  url = await verifier.start();
});
afterAll(async () => {
  end.abort();
  await verifier.close();
  await host.close();
});

/** An honest card that builds fast; returns its device id. */
function enterHonest(): string {
  const identity = identityOf(randomBytes(32));
  const world = scaledCatalogue();
  const usual = fasterBy(world.chip('RTX 4090'), 1.5);
  const tenant = new SimulatedChip({
    ...usual,
    tableOpsPerSecond: 8 * usual.tableOpsPerSecond,
    bytesPerSecond: usual.bytesPerSecond / 2,
  }).tenant();
  const card = {
    claim: claimGpu(world.claimed('RTX 4090'), randomBytes),
    prover: proverOn(tenant, enginesOn(tenant, host)),
    load: async () => 0,
  };
  const backoff = { baseMs: 50, capMs: 200 };
  const options = { verifier: url, identity, name: 'patient', cards: [card], signal: end.signal, backoff };
  void runSupplier({ ...options, events: () => {} });
  return identity.device;
}

describe('a verifier that is killed', () => {
  it('goes on with a lease in every state of it, and its receipt is right, final, and tells no secret', async () => {
    const market = await Market.open({ url, dataDir: verifier.dataDir });
    const lease = await market.lease(enterHonest());
    const signal = AbortSignal.any([end.signal]);
    const witnessing = runWitness({
      api: new LeaseApi(url, lease.id, lease.witnessToken, signal),
      identity: identityOf(randomBytes(32)),
      load: async () => ({ idle: true, gpus: [0] }),
      ...{ clock: Date, signal, tell: () => {}, everyMs: 300 },
    });
    const restart = async () => {
      await verifier.kill();
      await verifier.start();
    };
    await restart();
    expect((await market.document(lease)).state).toBe('handing-over');
    await market.until(lease, 'active');
    await market.untilEntries(lease, 4);
    await restart();
    expect((await market.document(lease)).state).toBe('active');
    await market.untilEntries(lease, 12);
    await market.call('PATCH', `/v1/leases/${lease.id}`, { state: 'ended' });
    await restart();
    expect((await market.document(lease)).state).toBe('returning');
    await market.until(lease, 'ended');
    const issuer = await market.issuer();
    const receipt = await market.receipt(lease);
    expect(faultsOf(receipt, issuer)).toEqual([]);
    expect(receipt.cards).toMatchObject([{ handOver: { outcome: 'passed' }, return: { outcome: 'passed' } }]);
    expect((await witnessing)?.checks.filter(({ ok }) => !ok)).toEqual([]);
    await restart();
    expect(await market.receipt(lease)).toEqual(receipt);

    const secrets = JSON.parse(readFileSync(join(verifier.dataDir, 'secrets.json'), 'utf8'));
    const kept = [market.key, market.key.slice(3), lease.witnessToken.slice(3), ...Object.values(secrets)];
    for (const secret of kept.filter((value) => typeof value === 'string' && value.length > 16))
      expect(verifier.log.includes(secret as string)).toBe(false);
    expect(verifier.log).toContain(lease.id);
  });
});
