import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { SupplierEvent } from '../connection/events.js';
import { createDisplay, type Display } from './display.js';
import { duration, narrate } from './narrator.js';

const exam = 'ex_1';
const events: SupplierEvent[] = [
  { type: 'connection.enrolled', device: 'ab' },
  { type: 'connection.open' },
  { type: 'exam.armed', exam, card: 0, part: 'memory', attempt: 1 },
  { type: 'exam.building', exam, card: 0, part: 'memory', share: 0.4 },
  { type: 'exam.ready', exam, card: 0, part: 'memory', engine: 'webgpu' },
  { type: 'exam.started', exam, card: 0, part: 'memory' },
  { type: 'exam.started', exam, card: 1, part: 'compute' },
  { type: 'exam.progress', exam, card: 0, part: 'memory', share: 0.5 },
  { type: 'exam.committed', exam, card: 0, part: 'memory' },
  {
    type: 'exam.declined',
    exam,
    card: 1,
    part: 'memory',
    message: 'Bank 7 of 9.',
    code: 'engine.out-of-memory',
  },
  { type: 'exam.table-dropped', card: 0 },
  { type: 'connection.waiting', code: 'agent.verifier-unreachable', message: 'Gone.', retryInMs: 1500 },
  {
    type: 'exam.verdict',
    exam,
    card: 0,
    outcome: 'failed',
    class: null,
    reasons: ['rate.below-class'],
    checks: [
      {
        check: 'compute.rate',
        measured: 1,
        required: 2,
        relation: 'at least',
        unit: 'GFLOPS',
        verdict: 'fail',
        code: 'rate.below-class',
        fix: 'Claim the card that it is.',
      },
    ],
  },
];

describe('narrator', () => {
  it('shows how far all cards are, and what to do at the end', () => {
    const said: string[] = [];
    const display: Display = {
      info: (text) => said.push(text),
      success: (text) => said.push(text),
      warn: (text) => said.push(text),
      progress: (share, text) => said.push(`${share} ${text}`),
      progressEnd: (text) => said.push(text),
    };
    for (const event of events) narrate(display, ['A', 'B'])(event);
    const tell = narrate(display, ['A', 'B']);
    said.length = 0;
    for (const event of events) tell(event);
    expect(said).toContain('0.4 Exam: card 0: building the table 40 %');
    expect(said).toContain('Exam: card 0 (A) has built its table on webgpu.');
    expect(said).toContain('0.25 Exam: card 0: walking on the table 50 % · card 1: computing 0 %');
    expect(said).toContain(
      'Exam: card 1 (B) could not go on: Bank 7 of 9. Stop what else runs on the card, then run `touchstone agent self-test`. Claim the memory that it has.',
    );
    expect(said).toContain(
      'Gone. (agent.verifier-unreachable) Check the address and the network. An agent that runs goes on trying. Next try in 1.5 s.',
    );
    expect(said.at(-1)).toMatch(
      /card 0 \(A\): failed\n.*rate\.below-class\n +compute\.rate: .*Claim the card/s,
    );
  });

  it('says a status once that is told again, and again after a new connection', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A']);
    const status: SupplierEvent = {
      type: 'connection.status',
      status: 'examining',
      reasons: ['device.examined'],
      nextExamInMs: 0,
    };
    for (const event of [status, status, { type: 'connection.open' } as const, status, status]) tell(event);
    expect(String(output.read()).match(/Status: examining/g)).toHaveLength(2);
  });

  it('asks nobody to do what the agent does by itself', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A']);
    tell({ type: 'connection.waiting', code: 'session.invalid', message: 'Unknown token.', retryInMs: 100 });
    expect(String(output.read())).toContain('Unknown token. (session.invalid) Next try in 0.1 s.');
  });

  it('writes plain lines where there is no terminal', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A', 'B']);
    for (const event of events) tell(event);
    const text = String(output.read());
    expect(text).toContain('Enrolled as ab.\n');
    expect(text.includes('\u001b')).toBe(false);
  });

  it.each([
    [400, '0.4 s'],
    [30_000, '30 s'],
    [600_000, '10 min'],
    [21_600_000, '6 h'],
  ])('says %d ms as %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });
});
