import { describe, expect, it } from 'vitest';
import type { DeviceStatus } from '../protocol/status.js';
import { afterFirstVerdicts } from './once.js';

const armed = (card: number) =>
  ({ type: 'exam.armed', exam: 'ex_1', card, part: 'compute', attempt: 1 }) as const;
const verdict = (card: number) =>
  ({
    type: 'exam.verdict',
    exam: 'ex_1',
    card,
    outcome: 'passed',
    class: null,
    reasons: [],
    checks: [],
  }) as const;
const status = (to: DeviceStatus) =>
  ({ type: 'connection.status', status: to, reasons: [], nextExamInMs: null }) as const;

function watch() {
  const ended: (DeviceStatus | null)[] = [];
  return { ended, take: afterFirstVerdicts((last) => ended.push(last)) };
}

describe('--once', () => {
  it('ends with the status that follows the last verdict', () => {
    const { ended, take } = watch();
    for (const event of [status('examining'), armed(0), armed(1), verdict(0)]) take(event);
    take(status('rejected'));
    expect(ended).toEqual([]);
    take(verdict(1));
    take(status('verified'));
    expect(ended).toEqual(['verified']);
  });

  it('does not take an earlier standing for the outcome', () => {
    const { ended, take } = watch();
    for (const event of [status('verified'), armed(0), verdict(0), status('examining')]) take(event);
    expect(ended).toEqual([]);
    take(status('quarantined'));
    expect(ended).toEqual(['quarantined']);
  });

  it('ends once', () => {
    const { ended, take } = watch();
    for (const event of [armed(0), verdict(0), status('verified'), status('suspended')]) take(event);
    expect(ended).toEqual(['verified']);
  });
});
