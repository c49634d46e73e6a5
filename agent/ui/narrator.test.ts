import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ProbeOutcome } from '../../protocol/status.js';
import type { SupplierEvent } from '../connection/events.js';
import { createDisplay, type Display } from './display.js';
import { narrate } from './narrator.js';
import { duration } from './words.js';

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
  { type: 'table.dropped', card: 0 },
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

const probed = (outcome: ProbeOutcome, code: string, elapsedMs: number | null): SupplierEvent => ({
  ...{ type: 'probe.verdict', probe: 'pr_1', card: 0, deadlineMs: 180 },
  ...{ outcome, code, elapsedMs },
});

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

  it('tells a probe that failed with what to do, and says nothing of one that passed', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A']);
    tell(probed('passed', 'probe.passed', 90));
    tell(probed('ours', 'probe.ours', null));
    expect(output.read()).toBeNull();
    tell(probed('failed', 'probe.late', 812.4));
    const text = String(output.read());
    expect(text).toContain('card 0 (A): probe failed. Probe answered too late (probe.late).');
    expect(text).toContain('It took 812 ms, allowed are 180 ms. Stop all other work on the card.');
    tell(probed('unanswered', 'probe.unanswered', null));
    expect(String(output.read())).toContain('No line for a probe (probe.unanswered). Check the network.');
  });

  it('sums probes up a few times a day', () => {
    const output = new PassThrough();
    let minutes = 0;
    const clock = { now: () => 0, monotonic: () => minutes * 60_000 };
    const tell = narrate(createDisplay(output), ['A'], clock);
    for (; minutes <= 24 * 60; minutes += 10) {
      tell(probed('passed', 'probe.passed', 90));
      if (minutes === 370) tell(probed('unanswered', 'probe.slow-line', 90));
    }
    const sums = String(output.read())
      .split('\n')
      .filter((line) => line.includes('Probes of'));
    expect(sums).toHaveLength(4);
    expect(sums[0]).toContain('Probes of the last 6 h: 37 passed.');
    expect(sums[1]).toContain('Probes of the last 6 h: 36 passed, 0 failed, 1 unanswered.');
  });

  it('says what becomes of a table, and what to do where it is lost', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A']);
    tell({ type: 'table.ordered', card: 0, purpose: 'ballast', bytes: 268_435_456 });
    tell({ type: 'table.ordered', card: 0, purpose: 'whole', bytes: 21e9 });
    tell({ type: 'table.kept', card: 0 });
    tell({
      type: 'table.lost',
      card: 0,
      message: 'Out (engine.out-of-memory)',
      code: 'engine.out-of-memory',
    });
    tell({ type: 'table.declined', card: 0, message: 'No.', code: null });
    const text = String(output.read());
    expect(text).toContain('card 0 (A) is leased: it makes a ballast table of 269 MB, and the rest');
    expect(text).toContain('card 0 (A) makes its table of 21 GB anew: the last one was lost.\n');
    expect(text).toContain('card 0 (A) keeps its table');
    expect(text).toContain('has lost its table: Out (engine.out-of-memory) Stop what else runs on the card');
    expect(text).toContain('card 0 (A) could not make its table: No.\n');
  });

  it('says what an outage counts for, card by card, and why not where it does not', () => {
    const output = new PassThrough();
    const tell = narrate(createDisplay(output), ['A', 'B']);
    const verdict = { type: 'offline.verdict', seed: '', outageMs: 3600_000 } as const;
    tell({ type: 'offline.began', link: 1, links: 360 });
    for (let link = 1; link <= 59; link++) tell({ type: 'offline.link', link, links: 360 });
    expect(String(output.read()).match(/\n/g)).toHaveLength(1);
    tell({ type: 'offline.reported', links: 59, downMs: 3600_000 });
    expect(String(output.read())).toContain('The line was down for 60 min; reported 59 links');
    tell({
      ...verdict,
      code: 'offline.credited',
      cards: [
        { card: 0, creditedMs: 3540_000, code: 'offline.credited' },
        { card: 1, creditedMs: 0, code: 'offline.no-table' },
      ],
    });
    const text = String(output.read());
    expect(text).toContain('Outage of 60 min: 59 min of it count for card 0 (A).\n');
    expect(text).toContain(
      '0.0 s of it count for card 1 (B). Table gone after an outage (offline.no-table). Keep the agent running',
    );
    tell({ ...verdict, code: 'offline.chain-stale', cards: [] });
    expect(String(output.read())).toContain('Outage of 60 min: Not the last chain (offline.chain-stale).');
    tell({ type: 'offline.failed', code: null, message: 'Thread ended.' });
    expect(String(output.read())).toContain("The outage can't be proven at present: Thread ended.\n");
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
