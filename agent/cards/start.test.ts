import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, it } from 'vitest';
import { CardClaim } from '../../protocol/messages/cards.js';
import { findCpu } from './cpu.js';
import { type StartedCard, startCard } from './start.js';

let started: StartedCard | undefined;
afterEach(async () => await started?.prover?.close());

describe('a started card', () => {
  it('runs the first of its engines that works here, and says why the others do not', async () => {
    started = await startCard({ card: findCpu(), engines: ['onnx-abacus', 'onnx-cpu'], env: {} });
    expect(started.claim).toMatchObject({ kind: 'cpu', engine: 'onnx-cpu' });
    expect(started.claim.warmupGflops).toBeGreaterThan(0);
    expect(Compile(CardClaim).Check(started.claim)).toBe(true);
    expect(started.failed.map(({ engine }) => engine)).toEqual(['onnx-abacus']);
  });

  it('is claimed without an engine where none works, with the reason', async () => {
    started = await startCard({ card: findCpu(), engines: [], env: {} });
    expect(started.prover).toBeNull();
    expect(started.claim.engine).toBeNull();
    expect(started.failed).toHaveLength(1);
  });
});
