// What foreign load on a leased card is found, how soon, and how often an honest card is taken for one: `npm run bench:contention`.
// Computed and simulated, not measured. docs/double-selling.md quotes all of it.
import type { LeaseFigures } from '../protocol/messages/receipt.js';
import { uniformFrom } from '../protocol/testing/uniform.js';
import { fewestIdleProbes, slowProbe } from '../scoring/formula/v1/lease/contention.js';
import { receiptVerdict } from '../scoring/formula/v1/lease/verdict.js';
import { defaultOptions } from '../verifier/options.js';
import { atLeast, drawPoisson, overPoisson } from './chances.js';
import { type ForeignLoad, probeBeside } from './foreign-load.js';
import { percent, print, type Row } from './markdown.js';

const probesPerHour = 3600_000 / defaultOptions.leaseProbeMeanMs;
/** A usual probe. */
const aloneMs = 100;
/** A load counts as found where it is found in so many of all leases. */
const sure = 0.95;
/** Idle probes that the formula lets an honest card have slow, and how seldom more of them may be chance. */
const honest = { slow: 0.05, seldom: 1e-4 };

const passed = { outcome: 'passed' as const, reasons: [] };

/** Whether the formula finds a card contended that has nothing else against it. */
function convicts(idleProbes: number, slowIdleProbes: number): boolean {
  const figures: LeaseFigures = {
    ...{ provenShare: 1, longestGapMs: 0, contentionIndex: 1, idleProbes, slowIdleProbes },
  };
  const card = { handOver: passed, return: passed, entries: [], gaps: [], figures };
  return receiptVerdict([card], true).outcome === 'contended';
}

/** Whether chance alone would make so many slow, mostly or not. */
const standsOut = (idle: number, slow: number): boolean => atLeast(slow, idle, honest.slow) <= honest.seldom;

type Rule = (idle: number, slow: number) => boolean;

/** Slow probes from which on a rule decides; one more than there are where none do. */
function leastSlow(rule: Rule): (idle: number) => number {
  const known = new Map<number, number>();
  return (idle) => {
    let [low, high] = [0, idle + 1];
    while (low < high && !known.has(idle)) {
      const middle = Math.floor((low + high) / 2);
      if (rule(idle, middle)) high = middle;
      else low = middle + 1;
    }
    known.set(idle, known.get(idle) ?? low);
    return known.get(idle) as number;
  };
}

const byVerdict = leastSlow(convicts);
const byCount = leastSlow((idle, slow) => idle >= fewestIdleProbes && standsOut(idle, slow));

/** The chance that a lease is found, with so many idle probes in the mean, of which a share is slow. */
const found = (mean: number, share: number, least: (idle: number) => number): number =>
  overPoisson(mean, (idle) => atLeast(least(idle), idle, share));

/** The smallest share of slow probes, in whole per cent, with which it is found surely enough. */
function smallest(mean: number, least: (idle: number) => number): string {
  let [low, high] = [1, 101];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (found(mean, middle / 100, least) >= sure) high = middle;
    else low = middle + 1;
  }
  return low > 100 ? 'none' : `${low} %`;
}

function leaseRow([hours, idleShare]: readonly [number, number]): Row {
  const mean = hours * probesPerHour * idleShare;
  return {
    lease: `${hours} h`,
    'tenant idle': percent(idleShare, 0),
    'idle probes': mean.toFixed(0),
    'all probes slow, contended in': percent(found(mean, 1, byVerdict), 2),
    'bursts, contended from': smallest(mean, byVerdict),
    'bursts, stand out from': smallest(mean, byCount),
  };
}

/** How often in 720 hours of leases an honest card is found contended. */
function alarmRow(slow: number): Row {
  const perMonth = (hours: number) => {
    const alarms = (720 / hours) * found(hours * probesPerHour, slow, byVerdict);
    return alarms < 1e-12 ? 'below 1e-12' : alarms.toPrecision(2);
  };
  return {
    'idle probes that are slow': percent(slow, 0),
    'leases of 1 h': perMonth(1),
    'of 8 h': perMonth(8),
    'of 24 h': perMonth(24),
  };
}

const isSlow = (ms: number): boolean =>
  ms > slowProbe.ratio * aloneMs && ms > aloneMs + slowProbe.milliseconds;

/** A thousand hours of probes beside a load on a simulated chip, each hour judged by itself. */
async function simulatedRow(foreign: ForeignLoad): Promise<Row> {
  const random = uniformFrom(Math.round(foreign.load * 1000 + foreign.burstMs));
  const times: number[] = [];
  for (let probe = 0; probe < 300; probe++) times.push(await probeBeside(aloneMs, foreign, random()));
  const drawn = () => times[Math.floor(random() * times.length)] as number;
  const hours = Array.from({ length: 1000 }, () => {
    const idle = Array.from({ length: drawPoisson(probesPerHour, random) }, drawn);
    return convicts(idle.length, idle.filter(isSlow).length);
  });
  const sorted = times.toSorted((a, b) => a - b);
  return {
    load: percent(foreign.load, 0),
    bursts: foreign.burstMs < 1000 ? `${foreign.burstMs} ms` : `${foreign.burstMs / 1000} s`,
    'held back': foreign.yields ? 'yes' : '',
    'contention index': ((sorted[times.length / 2] as number) / aloneMs).toFixed(2),
    'slow probes': percent(times.filter(isSlow).length / times.length, 0),
    'contended within an hour': percent(hours.filter(Boolean).length / hours.length),
  };
}

const leases = [
  ...([
    [1, 1],
    [1, 0.5],
    [1, 0.25],
    [8, 1],
    [8, 0.25],
    [24, 1],
    [24, 0.25],
  ] as const),
];
const loads: ForeignLoad[] = [
  ...[5, 1000, 60_000].flatMap((burstMs) =>
    [0.1, 0.2, 0.3, 0.5, 0.7, 0.9].map((load) => ({ load, burstMs })),
  ),
  ...[5, 1000].map((burstMs) => ({ load: 0.5, burstMs, yields: true })),
];

print(leases.map(leaseRow));
print([0.01, 0.05, 0.1, 0.2, 0.3].map(alarmRow));
const simulated: Row[] = [];
for (const load of loads) simulated.push(await simulatedRow(load));
print(simulated);
