import type { Component } from '../../protocol/messages/hardware.js';
import { nobody } from '../facts/base.js';
import type { Fact } from '../facts/facts.js';
import { disputeMoved } from './dispute-facts.js';
import {
  deviceId,
  enrolled,
  exam,
  heartbeat,
  maintenance,
  maintenanceEnded,
  memoryPart,
  network,
  nextId,
  presence,
  quiet,
  transition,
} from './facts.js';
import { cardAttested, hardwareReported } from './hardware-facts.js';
import { sweepFinished, sweepMember, sweepReserved } from './sweep-facts.js';
import { credited, leaseMoved, leaseWitnessed, outage, probe, squaring, table } from './timelock-facts.js';

const ids = (prefix: string, count: number) => Array.from({ length: count }, () => nextId(prefix));

/** What the facts of `someFacts` are about. `start` is near now, so that no TTL takes anything away. */
export const world = {
  start: (Math.floor(Date.now() / 3600_000) - 3) * 3600_000,
  minutes: 60,
  devices: ['one', 'two'].map((name) => deviceId(`some ${name}`)),
  exams: ids('ex', 2),
  leases: ids('le', 2),
  sweeps: ids('sw', 3),
  webhooks: ids('wh', 2),
  disputes: ids('di', 2),
  /** A GPU that both devices may claim. */
  gpu: deviceId('some gpu'),
  chain: deviceId('some chain'),
  places: [1, 2, 3],
  transcript: 'hr_1000',
  /** Values that the systems of both devices may show. */
  image: ['machine-id', 'disk'].map((kind) => ({ kind, card: null, hash: deviceId(kind) }) as Component),
};

/** Facts of every kind about a few devices, in the order of their times, several of them in the same millisecond. */
export function someFacts(uniform: () => number, count = 300): Fact[] {
  const { start, minutes, devices } = world;
  const whole = (below: number) => Math.floor(uniform() * below);
  const one = <T>(list: readonly T[]): T => list[whole(list.length)] as T;
  const times = Array.from({ length: count }, () => start + whole(minutes) * 60_000 + whole(2));
  const facts: Fact[] = devices.map((device) => enrolled(device, start - 1));
  const windows: Parameters<typeof maintenanceEnded>[0][] = [];
  for (const [index, at] of times.toSorted((a, b) => a - b).entries()) {
    const device = one(devices);
    const minute = Math.floor(at / 60_000);
    const base = { id: nextId('fa'), at, device: nobody };
    const fact = one<() => Fact>([
      () => enrolled(device, at, `rig ${index}`),
      () => transition(device, at, 'enrolled', one(['examining', 'verified', 'suspended'])),
      () =>
        exam(device, at, {
          exam: one(world.exams),
          card: whole(2),
          outcome: one(['passed', 'failed', 'ours']),
          gflops: uniform() * 100,
          sweep: one([null, ...world.sweeps]),
          claim: { kind: 'gpu', model: 'GPU', memoryBytes: 1, engine: 'webgpu' },
          memory: one([null, { ...memoryPart, attempts: 1 }]),
        }),
      () => network(device, at, { downloadMbps: index }),
      () => presence(device, minute, one([[], [0], [0, 1]])),
      () => heartbeat(minute, one(['ve one', 've two'])),
      () => table(device, at, { card: whole(2), lease: one([null, ...world.leases]) }),
      () =>
        probe(device, at, {
          card: whole(2),
          index: index + 1,
          tag: deviceId(`${index}`),
          outcome: one(['passed', 'failed']),
        }),
      () => squaring(device, at, uniform() * 1e6),
      () =>
        outage(device, at, {
          cards: [
            credited(whole(2), whole(600_000), {
              transcript: world.transcript,
              index: index + 1,
              tag: deviceId(`${index}`),
            }),
          ],
        }),
      () => leaseMoved(device, at, one(world.leases), one(['handing-over', 'active', 'ended'])),
      () => leaseWitnessed(device, at, one(world.leases)),
      () => ({ ...base, kind: 'sweep.chain', chain: world.chain, head: deviceId('head'), length: 10 }),
      () => sweepReserved(one(world.sweeps), at, { chain: world.chain, index: one(world.places) }),
      () => {
        const sweep = one(world.sweeps);
        const index = 1 + world.sweeps.indexOf(sweep);
        const members = one([[], [0, 1]]).map((card) => sweepMember(device, one(world.exams), card));
        return sweepFinished(sweep, at, { chain: world.chain, index, members });
      },
      () => {
        const declared = maintenance(device, minute + 35, minute + 35 + whole(20));
        windows.push(declared);
        return { ...declared, at };
      },
      () => maintenanceEnded(windows.at(-1) ?? quiet(minute, minute + 1), minute + whole(40)),
      () => quiet(minute, minute + whole(4)),
      () => ({ ...base, kind: 'agent.oldest', oldest: `0.${index}.0`, from: at }),
      () => ({
        ...base,
        kind: 'alarm.raised',
        alarm: 'metadata.writes',
        subject: 'fleet',
        count: index,
        windowMs: 1,
        threshold: 1,
      }),
      () => hardwareReported(device, at, { components: [one(world.image)], steady: deviceId(`${index}`) }),
      () =>
        hardwareReported(device, at, {
          components: [{ kind: 'gpu-uuid', card: 0, hash: one([world.gpu, deviceId(`${index}`)]) }],
          claims: [whole(2)],
        }),
      () =>
        disputeMoved(one(world.disputes), at, one([devices, devices.slice(0, 1)]), {
          hash: deviceId(`${index}`),
        }),
      () => cardAttested(device, at, { card: whole(2) }),
      () => ({ ...base, kind: 'operator.acted', by: 'operator/ops', action: 'sweep', reason: `${index}` }),
      () => ({
        ...base,
        kind: 'webhook.set',
        webhook: one(world.webhooks),
        owner: 'operator/ops',
        url: one([null, `https://example.com/${index}`]),
        kinds: [],
        devices: [],
        reason: '',
      }),
      () => ({
        ...base,
        kind: 'catalogue.learned',
        epoch: Math.floor(at / 3600_000) + 1,
        from: start,
        to: at,
        figures: [
          { class: 'gpu', engine: 'webgpu', gflops: index, lowGflops: 1, cards: 30, q02: 1, q50: index },
        ],
      }),
      () => ({ ...base, kind: 'webhook.delivered', webhook: one(world.webhooks), cursor: `1~a.${index}` }),
    ])();
    facts.push(fact);
  }
  return facts;
}
