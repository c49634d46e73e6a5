import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardwareFindingCodes } from '../../protocol/codes/hardware.js';
import type { HardwareFindingCode } from '../../protocol/codes/table.js';
import type { Enrolment } from '../../protocol/messages/enrolment.js';
import type { FindingSeverity } from '../../protocol/messages/hardware.js';
import type { DeviceStatus } from '../../protocol/status.js';
import type { EnrolledFact, Fact } from '../../scoring/facts/facts.js';
import { finding } from '../../scoring/hardware/finding.js';
import { hardwareReported } from '../../scoring/testing/hardware-facts.js';
import type { DeviceState } from '../devices/devices.js';
import { transitionTable } from '../devices/transitions.js';
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

describe('a report of hardware', () => {
  const first = enrolment();
  const known = (status: DeviceStatus): DeviceState => ({ ...enrolled(first), status });
  const report = (turned: boolean, code: HardwareFindingCode, severity: FindingSeverity) => ({
    fact: hardwareReported(first.device, 1, { findings: [finding(code, severity, 0)] }),
    turned,
  });
  const statuses = Object.keys(transitionTable) as DeviceStatus[];

  it('is recorded with the enrolment that brought it, or alone where nothing else is new', () => {
    const heard = report(false, 'hardware.wsl', 'note');
    const kinds = (facts: readonly Fact[]) => facts.map(({ kind }) => kind);
    expect(kinds(enrolmentFacts(first, undefined, clock, random, heard))).toEqual([
      'device.enrolled',
      'hardware.reported',
    ]);
    expect(enrolmentFacts(first, enrolled(first), clock, random, heard)).toEqual([heard.fact]);
  });

  it('sends whoever was verified back to examination where a card turned into a slice, and nobody into quarantine', () => {
    const heard = report(true, 'hardware.slice-mig', 'refusal');
    for (const status of statuses) {
      const facts = enrolmentFacts(first, known(status), clock, random, heard);
      const moved = ['verified', 'suspended', 'rejected'].includes(status);
      expect([status, facts.length]).toEqual([status, moved ? 2 : 1]);
      if (moved)
        expect(facts[1]).toMatchObject({
          kind: 'device.transition',
          to: 'examining',
          cause: 'hardware-changed',
          evidence: [heard.fact.id],
        });
    }
  });

  it('changes no status by anything else that is found in it', () => {
    const codes = Object.keys(hardwareFindingCodes) as HardwareFindingCode[];
    const grave: FindingSeverity[] = ['note', 'evidence'];
    fc.assert(
      fc.property(
        fc.constantFrom(...codes),
        fc.constantFrom(...grave),
        fc.constantFrom(...statuses),
        (code, severity, status) => {
          const heard = report(false, code, severity);
          expect(enrolmentFacts(first, known(status), clock, random, heard)).toEqual([heard.fact]);
        },
      ),
    );
  });
});
