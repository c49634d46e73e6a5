import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { memoryShapeFor, tableBuildMs } from '../../scoring/catalogue/memory-shape.js';
import { walkDeadlineMs } from '../../scoring/catalogue/sizing-rule.js';
import type { DeviceState } from '../devices/devices.js';
import { examinedCards, isExaminable } from './examined-cards.js';

const big = givenClass('big', 'gpu', {
  models: ['Big'],
  memoryBytes: 24 * 2 ** 30,
  gflops: 10_000,
  memory: { bandwidthGBps: 1000, tableGops: 40_000, bestGops: 600_000 },
});
const slow = givenClass('slow', 'gpu', {
  models: ['Slow'],
  memoryBytes: 2 ** 30,
  gflops: 10,
  memory: { bandwidthGBps: 1, tableGops: 10, bestGops: 100 },
});
const unlisted = givenClass('unlisted', 'gpu', { gflops: 10 });
const catalogue = { classes: [big, slow, unlisted] };
const times = { examSeconds: 2, armMs: 60_000 };

const claim = (model: string, memoryBytes: number, memoryEngine: string | null = 'webgpu'): CardClaim => ({
  kind: 'gpu',
  model,
  memoryBytes,
  engine: 'onnx-cuda',
  memoryEngine,
});
const stateOf = (...cards: CardClaim[]) => ({ enrolment: { cards } }) as unknown as DeviceState;
const memoryOf = (one: CardClaim) => examinedCards(catalogue, stateOf(one), times, null)[0]?.memory;

describe('the cards of an exam', () => {
  it('have a memory part on the engine that they claim for it, and none without', () => {
    const card = claim('Big', 24 * 2 ** 30);
    expect(memoryOf(card)).toMatchObject({ engine: 'webgpu', shape: memoryShapeFor(big, card) });
    expect(memoryOf({ ...card, memoryEngine: null })).toBeNull();
    const { memoryEngine: _, ...silent } = card;
    expect(memoryOf(silent)).toBeNull();
  });

  it('have none in the memory of the host where they are GPUs: that shows nothing of their own', () => {
    expect(memoryOf(claim('Big', 24 * 2 ** 30, 'cpu'))).toBeNull();
    const cpu = givenClass('cpu', 'cpu', { gflops: 10 });
    const host: CardClaim = { ...claim('Xeon', 2 ** 34, 'cpu'), kind: 'cpu', engine: 'onnx-cpu' };
    expect(examinedCards({ classes: [cpu] }, stateOf(host), times, null)[0]?.memory).toMatchObject({
      engine: 'cpu',
    });
  });

  it('have three times what a build should take beside the time for arming, and a quarter of an hour at most', () => {
    const card = claim('Big', 24 * 2 ** 30);
    const shape = memoryShapeFor(big, card);
    if (shape === null) throw new Error('no shape');
    const buildMs = tableBuildMs(big, card, shape);
    expect(memoryOf(card)?.armMs).toBe(Math.ceil(60_000 + 3 * buildMs));
    const slowest = { ...claim('Slow', 2 ** 30), tableGops: 0.001 };
    expect(memoryOf(slowest)?.armMs).toBe(15 * 60_000);
  });

  it('have five deadlines for the message of a walk, and ten seconds at least', () => {
    for (const [one, card] of [
      [big, claim('Big', 24 * 2 ** 30)],
      [slow, claim('Slow', 2 ** 30)],
    ] as const) {
      const ask = memoryOf(card);
      if (one.memory === null || !ask) throw new Error('no memory part');
      const wanted = Math.ceil(5 * walkDeadlineMs(one.memory, ask.shape));
      expect(ask.commitMs).toBe(Math.max(10_000, wanted));
    }
    expect(memoryOf(claim('Never heard of', 2 ** 30))?.commitMs).toBe(60_000);
  });

  it('are those that an engine can examine', () => {
    const none = { ...claim('Big', 24 * 2 ** 30), engine: null };
    expect(examinedCards(catalogue, stateOf(none, claim('Big', 24 * 2 ** 30)), times, null)).toMatchObject([
      { card: 1 },
    ]);
    expect(isExaminable(catalogue, stateOf(none))).toBe(false);
    expect(isExaminable(catalogue, stateOf(none, claim('Slow', 2 ** 30)))).toBe(true);
  });
});
