import { createHash } from 'node:crypto';
import type { ComputeShape } from '../../protocol/shapes.js';
import { nobody } from '../facts/base.js';
import type {
  EnrolledFact,
  ExamFact,
  HeartbeatFact,
  NetworkFact,
  PresenceFact,
  TransitionFact,
} from '../facts/facts.js';
import type {
  MaintenanceDeclaredFact,
  MaintenanceEndedFact,
  QuietDeclaredFact,
} from '../facts/maintenance.js';

// Facts for tests: complete, valid, and different where the tests say so.

/** A stable 64-digit id for a name. */
export const deviceId = (name: string): string => createHash('sha256').update(name).digest('hex');

let drawn = 0;
/** A fresh id with a prefix such as `fa`. */
export const nextId = (prefix: string): string =>
  `${prefix}_${createHash('sha256').update(`${prefix}/${drawn++}`).digest('hex').slice(0, 32)}`;

const shape: ComputeShape = { n: 256, layers: 8, pages: 64, rounds: 2 };

export function enrolled(device: string, at: number, name = 'rig'): EnrolledFact {
  return {
    kind: 'device.enrolled',
    id: nextId('fa'),
    at,
    device,
    name,
    agent: { version: '0.1.0', platform: 'linux-x64' },
    cards: [{ kind: 'cpu', model: 'Some CPU', memoryBytes: 0, engine: 'onnx-cpu' }],
  };
}

export function transition(
  device: string,
  at: number,
  from: TransitionFact['from'],
  to: TransitionFact['to'],
): TransitionFact {
  return {
    kind: 'device.transition',
    id: nextId('fa'),
    at,
    device,
    from,
    to,
    cause: 'test',
    reasons: [`device.${to}`],
    inputs: { integrity: 1 },
    thresholds: { integrity: 0.85 },
    formula: 'v1',
    evidence: [],
  };
}

export function exam(device: string, at: number, changes: Partial<ExamFact> = {}): ExamFact {
  return {
    kind: 'exam.finished',
    id: nextId('fa'),
    at,
    device,
    exam: nextId('ex'),
    card: 0,
    examKind: 'joint',
    attempts: 1,
    outcome: 'passed',
    reasons: ['exam.passed'],
    claim: { kind: 'cpu', model: 'CPU', memoryBytes: 0, engine: 'onnx-cpu' },
    claimedClass: 'cpu',
    class: 'cpu',
    engine: 'onnx-cpu',
    shape,
    seed: deviceId('seed'),
    roots: [deviceId('root 0'), deviceId('root 1')],
    openings: [{ round: 0, page: 3 }],
    pagesRight: 1,
    elapsedMs: 1234.5,
    roundTripMs: 0.25,
    gflops: 42.5,
    memory: null,
    checks: [],
    ...changes,
  };
}

/** A memory part as a GPU's exam has it. */
export const memoryPart: NonNullable<ExamFact['memory']> = {
  engine: 'webgpu',
  attempts: 2,
  shape: { n: 1024, layers: 8, banks: 2, bankPages: 1024, rounds: 4, walkers: 512, steps: 4 },
  tableSeed: deviceId('table'),
  walkSeed: deviceId('walk'),
  roots: [deviceId('walk root')],
  openings: [{ round: 3, walker: 7 }],
  walkersRight: 1,
  buildMs: 5000.5,
  elapsedMs: 250.25,
  bandwidthGBps: 33.5,
};

export function network(device: string, at: number, changes: Partial<NetworkFact> = {}): NetworkFact {
  return {
    kind: 'network.measured',
    id: nextId('fa'),
    at,
    device,
    exam: nextId('ex'),
    roundTripMinMs: 12.5,
    roundTripMedianMs: 14,
    roundTrips: 20,
    downloadBytes: 4_194_304,
    downloadMbps: 93.5,
    uploadBytes: 1_048_576,
    uploadMbps: null,
    checks: [],
    ...changes,
  };
}

export function presence(device: string, minute: number, cards: number[] = [0]): PresenceFact {
  return { kind: 'presence', id: nextId('fa'), at: minute * 60_000 + 1500, device, cards };
}

export function heartbeat(minute: number, verifier = 'verifier-1'): HeartbeatFact {
  return { kind: 'heartbeat', id: nextId('fa'), at: minute * 60_000 + 100, verifier };
}

/** A window of minutes that a supplier declared 35 minutes before. */
export function maintenance(
  device: string,
  first: number,
  until: number,
  changes: Partial<MaintenanceDeclaredFact> = {},
): MaintenanceDeclaredFact {
  return {
    kind: 'maintenance.declared',
    id: nextId('fa'),
    at: (first - 35) * 60_000,
    device,
    from: first * 60_000,
    to: until * 60_000,
    reason: 'new fans',
    by: `device/${device}`,
    ...changes,
  };
}

/** A window was taken back, or ended early, with the end of a minute. */
export function maintenanceEnded(
  { device, id }: MaintenanceDeclaredFact | QuietDeclaredFact,
  until: number,
): MaintenanceEndedFact {
  const to = until * 60_000;
  return { kind: 'maintenance.ended', id: nextId('fa'), at: to, device, window: id, to, by: 'operator/ops' };
}

/** Minutes in which we begin nothing. */
export function quiet(first: number, until: number): QuietDeclaredFact {
  return {
    kind: 'quiet.declared',
    id: nextId('fa'),
    at: first * 60_000,
    device: nobody,
    from: first * 60_000,
    to: until * 60_000,
    reason: 'roll-out',
    by: 'operator/ops',
  };
}
