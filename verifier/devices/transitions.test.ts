import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DeviceStatus } from '../../protocol/status.js';
import { nextStatus, type TransitionCause, transitionTable } from './transitions.js';

const statuses = Object.keys(transitionTable) as DeviceStatus[];
const causes: TransitionCause[] = [
  'examined',
  'passed',
  'failed',
  'hardware-changed',
  'dropped',
  'restored',
  'condemned',
  'cleared',
  'retired',
];
const histories = fc.array(fc.constantFrom(...causes), { maxLength: 40 });

function play(history: readonly TransitionCause[]): DeviceStatus[] {
  const path: DeviceStatus[] = ['enrolled'];
  for (const cause of history)
    path.push(nextStatus(path.at(-1) as DeviceStatus, cause) ?? (path.at(-1) as DeviceStatus));
  return path;
}

describe('the life of a device', () => {
  it('never reaches verified without a passed examination since the last doubt', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = play(history);
        history.forEach((cause, i) => {
          if (path[i + 1] !== 'verified' || path[i] === 'verified') return;
          expect(['passed', 'restored']).toContain(cause);
          // `restored` only undoes a suspension, which only a verified device can get.
          expect(path[i]).toBe(cause === 'passed' ? 'examining' : 'suspended');
        });
      }),
    );
  });

  it('leaves quarantine only when cleared or retired', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const path = play(history);
        history.forEach((cause, i) => {
          if (path[i] === 'quarantined' && path[i + 1] !== 'quarantined')
            expect(['cleared', 'retired']).toContain(cause);
        });
      }),
    );
  });

  it('ends with retirement', () => {
    for (const cause of causes) expect(nextStatus('retired', cause)).toBeNull();
  });

  it('can condemn and retire from everywhere else', () => {
    for (const status of statuses.filter((s) => s !== 'retired')) {
      expect(nextStatus(status, 'retired')).toBe('retired');
      if (status !== 'quarantined') expect(nextStatus(status, 'condemned')).toBe('quarantined');
    }
  });

  it('can reach every status from enrolled', () => {
    const reached = new Set<DeviceStatus>(['enrolled']);
    for (const status of reached) for (const to of Object.values(transitionTable[status])) reached.add(to);
    expect([...reached].sort()).toEqual([...statuses].sort());
  });
});
