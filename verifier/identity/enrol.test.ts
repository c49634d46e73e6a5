import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Enrolment } from '../../protocol/messages/enrolment.js';
import type { EnrolledFact, Fact } from '../../scoring/facts/facts.js';
import type { DeviceState } from '../devices/devices.js';
import { enrolmentFacts, isSteady } from './enrol.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
const clock = { now: () => 1 };
const enrolment = (changed: Partial<Enrolment> = {}): Enrolment => ({
  device: 'ab'.repeat(32),
  nonce: `no_${'0'.repeat(32)}`,
  host: 'localhost',
  name: 'name',
  agent: { version: '1', platform: 'test' },
  cards: [{ kind: 'cpu', model: 'CPU', memoryBytes: 1, engine: null }],
  signature: '0'.repeat(128),
  ...changed,
});
const [ours, theirs] = ['So11111111111111111111111111111111111111112', `${'4'.repeat(43)}`];

/** What the record holds after an enrolment. */
function enrolled(first: Enrolment): DeviceState {
  const [fact] = enrolmentFacts(first, undefined, clock, random);
  return {
    device: first.device,
    enrolment: fact as EnrolledFact,
    firstEnrolledAt: 1,
    status: 'enrolled',
    statusSince: 1,
    reasons: [],
    lastExamAt: null,
    lastPassedAt: null,
  };
}
const walletIn = (facts: readonly Fact[]) => facts.map((fact) => (fact as EnrolledFact).wallet);

describe('the wallet of an enrolment', () => {
  it('is bound by the first that names one, and moved by the next', () => {
    const unbound = enrolled(enrolment());
    expect(unbound.enrolment).not.toHaveProperty('wallet');
    expect(walletIn(enrolmentFacts(enrolment({ wallet: ours }), unbound, clock, random))).toEqual([ours]);
    const bound = enrolled(enrolment({ wallet: ours }));
    expect(walletIn(enrolmentFacts(enrolment({ wallet: theirs }), bound, clock, random))).toEqual([theirs]);
  });

  it('stays where an agent says nothing of it', () => {
    const bound = enrolled(enrolment({ wallet: ours }));
    expect(enrolmentFacts(enrolment(), bound, clock, random)).toEqual([]);
    expect(walletIn(enrolmentFacts(enrolment({ name: 'other' }), bound, clock, random))).toEqual([ours]);
  });

  it('is something new where it is another, while another agent version is what every roll-out brings', () => {
    const bound = enrolled(enrolment({ wallet: ours }));
    const agent = { version: '2', platform: 'test' };
    expect(isSteady(bound, enrolment({ agent }))).toBe(true);
    expect(isSteady(bound, enrolment({ agent, wallet: theirs }))).toBe(false);
    expect(isSteady(bound, enrolment({ name: 'other' }))).toBe(false);
  });
});
