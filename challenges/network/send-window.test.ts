import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SendWindow } from './send-window.js';

const frame = 16 * 1024;

/**
 * Sends a transfer over a line in simulated time: one frame after the other leaves at the line's rate, and is acknowledged a round
 * trip after it left.
 *
 * @param rate bytes a millisecond
 */
function send(bytes: number, rate: number, roundTripMs: number) {
  const window = new SendWindow();
  const acks: { total: number; at: number }[] = [];
  let [now, sent, lineFreeAt, longestQueueMs] = [0, 0, 0, 0];
  while (sent < bytes || acks.length > 0) {
    if (sent < bytes && window.open) {
      sent = Math.min(bytes, sent + frame);
      window.sent(sent, now);
      lineFreeAt = Math.max(lineFreeAt, now) + frame / rate;
      longestQueueMs = Math.max(longestQueueMs, lineFreeAt - now);
      acks.push({ total: sent, at: lineFreeAt + roundTripMs });
      continue;
    }
    const ack = acks.shift();
    if (ack === undefined) return { elapsedMs: Number.POSITIVE_INFINITY, longestQueueMs };
    now = Math.max(now, ack.at);
    window.acknowledged(ack.total, now);
  }
  return { elapsedMs: now, longestQueueMs };
}

describe('what is on the way', () => {
  it('fills a line within a few round trips', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 10, max: 1e5, noNaN: true }),
        fc.double({ min: 0.05, max: 600, noNaN: true }),
        (rate, roundTripMs) => {
          const bytes = 4 * 1024 * 1024;
          const { elapsedMs } = send(bytes, rate, roundTripMs);
          // From 64 KiB to 4 MiB are six doublings, and a little for the frames.
          expect(elapsedMs).toBeLessThan((bytes / rate) * 1.15 + 8 * roundTripMs + 50);
        },
      ),
    );
  });

  it('makes an answer on a slow line wait a second, not for megabytes', () => {
    expect(send(1024 * 1024, 125, 30).longestQueueMs).toBeLessThan(1_100);
    expect(send(4 * 1024 * 1024, 1_250, 30).longestQueueMs).toBeLessThan(700);
  });

  it('is never less than what a slow line needs, nor changed by acknowledgements that can not be', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -1e7, max: 1e7 }), fc.double({ min: 0, max: 1e5, noNaN: true }))),
        (acks) => {
          const window = new SendWindow();
          window.sent(3 * frame, 0);
          for (const [total, at] of acks) window.acknowledged(total, at);
          expect(window.open).toBe(true);
        },
      ),
    );
    const window = new SendWindow();
    window.sent(4 * frame, 0);
    expect(window.open).toBe(false);
    window.acknowledged(5 * frame, 1);
    expect(window.open).toBe(false);
    window.acknowledged(frame, 1);
    expect(window.open).toBe(true);
  });
});
