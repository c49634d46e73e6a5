import { describe, expect, it } from 'vitest';
import { limits } from '../../protocol/limits.js';
import type { NetworkReceived } from '../../protocol/messages/network.js';
import { Transfers } from './transfers.js';

const exam = `ex_${'1'.repeat(32)}`;
const report: NetworkReceived = { type: 'network.received', exam, bytes: 1, sha256: '00'.repeat(32) };
const seconds = 1_000;

/** A transfer that writes down what comes for it. */
function begin(transfers: Transfers, uploadBytes: number, at: () => number = () => 0) {
  const came: (number | 'report' | 'gone')[] = [];
  const end = transfers.start(
    {
      exam,
      uploadBytes,
      messages: 0,
      onBytes: (frame) => came.push(frame.length),
      onReport: () => came.push('report'),
      onGone: () => came.push('gone'),
    },
    at,
  );
  return { came, end };
}

describe('the transfers of a connection', () => {
  it('take what was asked and not a byte more', () => {
    const transfers = new Transfers();
    expect(transfers.takeBytes(new Uint8Array(1), 0)).toBe(false);
    const { came } = begin(transfers, 2000);
    expect(transfers.takeBytes(new Uint8Array(1200), 0)).toBe(true);
    expect(transfers.takeBytes(new Uint8Array(801), 0)).toBe(false);
    expect(transfers.takeBytes(new Uint8Array(800), 0)).toBe(true);
    expect(transfers.takeBytes(new Uint8Array(1), 0)).toBe(false);
    expect(came).toEqual([1200, 800]);
  });

  it('take no more frames than the bytes need', () => {
    const transfers = new Transfers();
    const { came } = begin(transfers, 10 * limits.transferFrameBytesAtLeast);
    const frames = Array.from({ length: 15 }, () => transfers.takeBytes(new Uint8Array(0), 0));
    expect(frames.filter(Boolean)).toHaveLength(10);
    expect(came).toHaveLength(10);
  });

  it('take no bytes for a download, and reports only of its exam', () => {
    const transfers = new Transfers();
    expect(transfers.takeReport(report, 0)).toBe(false);
    const { came } = begin(transfers, 0);
    expect(transfers.takeBytes(new Uint8Array(1), 0)).toBe(false);
    expect(transfers.takeReport(report, 0)).toBe(true);
    expect(transfers.takeReport({ ...report, exam: `ex_${'2'.repeat(32)}` }, 0)).toBe(false);
    expect(came).toEqual(['report']);
  });

  it('drop what comes a little after the end, and refuse what comes long after', () => {
    const transfers = new Transfers();
    const { came, end } = begin(transfers, 100);
    end?.();
    expect(transfers.takeBytes(new Uint8Array(10), 5 * seconds)).toBe(true);
    expect(transfers.takeReport(report, 5 * seconds)).toBe(true);
    expect(transfers.takeBytes(new Uint8Array(10), 11 * seconds)).toBe(false);
    expect(transfers.takeReport(report, 11 * seconds)).toBe(false);
    expect(came).toEqual([]);
  });

  it('are one at a time, and no upload begins while another’s bytes may still come', () => {
    const transfers = new Transfers();
    const first = begin(transfers, 100);
    expect(begin(transfers, 0).end).toBeNull();
    first.end?.();
    expect(begin(transfers, 100, () => 5 * seconds).end).toBeNull();
    expect(begin(transfers, 100, () => 11 * seconds).end).not.toBeNull();
  });

  it('tell the one that runs, and only that, that the connection has ended', () => {
    const transfers = new Transfers();
    const first = begin(transfers, 100);
    first.end?.();
    const second = begin(transfers, 0);
    transfers.end();
    second.end?.();
    expect([first.came, second.came]).toEqual([[], ['gone']]);
  });
});
