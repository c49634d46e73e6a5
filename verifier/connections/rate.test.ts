import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import { MessageRate } from './rate.js';

/** Messages of one byte that are taken at one instant. */
function taken(rate: MessageRate, now = 0): number {
  for (let count = 0; ; count += 1) if (!rate.take(1, now)) return count;
}

describe('how many messages an agent may send', () => {
  it('is a second’s worth at once, and more with time', () => {
    const rate = new MessageRate(0);
    expect(taken(rate)).toBe(limits.messagesPerSecond);
    expect(taken(rate, 500)).toBe(limits.messagesPerSecond / 2);
  });

  it('is more while a transfer runs, once, and never the sum of many transfers', () => {
    const rate = new MessageRate(0);
    for (let i = 0; i < 5; i += 1) rate.allowMessages(100);
    expect(taken(rate)).toBe(limits.messagesPerSecond + 100);
    expect(taken(rate)).toBe(0);
  });

  it('is one frame more for each answer that was asked, for as many cards as there can be', () => {
    const rate = new MessageRate(0);
    for (let i = 0; i < 10 * limits.cards; i += 1) rate.allowAnswers(1);
    rate.allowMessages(10 * limits.cards);
    let frames = 0;
    while (rate.take(limits.frameBytes, 0)) frames += 1;
    expect(frames).toBe(1 + limits.cards);
  });
});
