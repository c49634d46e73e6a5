import type { SweepMember } from '../../protocol/messages/sweep.js';
import { nobody } from '../facts/base.js';
import type { SweepFact, SweepReservedFact } from '../facts/sweep.js';
import { deviceId, nextId } from './facts.js';

// Facts of sweeps for tests: complete, valid, and different where the tests say so.

const verifier = `ve_${'0'.repeat(16)}`;
const place = { chain: deviceId('chain'), index: 1 };

export function sweepReserved(
  sweep: string,
  at: number,
  changes: Partial<SweepReservedFact> = {},
): SweepReservedFact {
  return {
    kind: 'sweep.reserved',
    id: nextId('fa'),
    at,
    device: nobody,
    sweep,
    sweepKind: 'fleet',
    ...place,
    why: '',
    by: verifier,
    ...changes,
  };
}

/** Let go with the others in both parts. */
export const sweepMember = (device: string, exam: string, card = 0): SweepMember => ({
  device,
  exam,
  card,
  computeGoMs: 1,
  memoryGoMs: 2,
  verifier,
});

export function sweepFinished(sweep: string, at: number, changes: Partial<SweepFact> = {}): SweepFact {
  return {
    kind: 'sweep.finished',
    id: nextId('fa'),
    at,
    device: nobody,
    sweep,
    sweepKind: 'fleet',
    ...place,
    preimage: deviceId('preimage'),
    beacons: { arm: null, compute: null, memory: null },
    startedAt: at,
    computeAt: at,
    memoryAt: at,
    spread: { compute: null, memory: null },
    clocks: [],
    eligible: { count: 1, hash: deviceId('eligible'), devices: null },
    drawn: 1,
    members: [],
    part: 1,
    parts: 1,
    ...changes,
  };
}
