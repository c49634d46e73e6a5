import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { HardwareMetrics } from './hardware-metrics.js';

it('tells of reports, disputes and attestations, and of learned figures only where there are any', async () => {
  const registry = new Registry();
  const metrics = new HardwareMetrics(registry);
  let learnedFrom: number | null = null;
  metrics.watch({
    reports: () => new Map([['evidence', 2]]),
    disputes: () => new Map([['open', 3]]),
    learnedFrom: () => learnedFrom,
  });
  metrics.attestationEnded('accepted');
  metrics.attestationEnded('attestation.elsewhere');
  const lines = async () => (await registry.metrics()).split('\n').filter((line) => /^touchstone/.test(line));
  const always = [
    'touchstone_attestations_total{outcome="accepted"} 1',
    'touchstone_attestations_total{outcome="attestation.elsewhere"} 1',
    'touchstone_hardware_reports{worst="evidence"} 2',
    'touchstone_disputes{state="open"} 3',
  ];
  expect(await lines()).toEqual(always);
  learnedFrom = 7_200_000;
  expect(await lines()).toEqual([...always, 'touchstone_learned_epoch_seconds 7200']);
});
