import type { ComponentKind } from '../../protocol/messages/hardware.js';
import { nobody } from '../facts/base.js';
import type { DisputeMovedFact, HardwareReportedFact } from '../facts/hardware.js';
import { deviceId, nextId } from './facts.js';
import { hardwareReported } from './hardware-facts.js';

// Facts of shown values and of disputes for tests: complete, valid, and different where the tests say so.

/** Values of cards, each with the index of the claim that its card stands for; and of the host. */
export interface ReportedIds {
  readonly cards?: readonly (readonly [kind: ComponentKind, value: string, claim: number | null])[];
  readonly host?: readonly (readonly [kind: ComponentKind, value: string])[];
}

/** A report with one card for each of its values. */
export function showed(device: string, at: number, ids: ReportedIds): HardwareReportedFact {
  const { cards = [], host: ofHost = [] } = ids;
  const components = [
    ...cards.map(([kind, value], place) => ({ kind, card: place, hash: deviceId(value) })),
    ...ofHost.map(([kind, value]) => ({ kind, card: null, hash: deviceId(value) })),
  ];
  return hardwareReported(device, at, { components, claims: cards.map(([, , claim]) => claim) });
}

export function disputeMoved(
  dispute: string,
  at: number,
  devices: readonly string[],
  changes: Partial<DisputeMovedFact> = {},
): DisputeMovedFact {
  return {
    kind: 'dispute.moved',
    id: nextId('fa'),
    at,
    device: nobody,
    dispute,
    componentKind: 'gpu-uuid',
    hash: deviceId('disputed'),
    state: 'open',
    claimants: devices.map((device, place) => ({ device, card: 0, since: place })),
    trials: [],
    keeper: null,
    held: devices.slice(1),
    losers: [],
    reasons: ['dispute.open'],
    ...changes,
  };
}
