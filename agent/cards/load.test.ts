import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busyShare, type CoreTimes, loadOf, parseUtilization } from './load.js';

const core = (user: number, idle: number): CoreTimes => ({ times: { user, nice: 0, sys: 0, idle, irq: 0 } });

describe('load of a card', () => {
  it.each([
    ['0\n', 0],
    ['37\r\n', 0.37],
    ['100\n', 1],
    ['[N/A]\n', null],
    ['[Not Supported]\n', null],
    ['101\n', null],
    ['37\n12\n', null],
    ['No devices were found\n', null],
    ['', null],
  ])('is what nvidia-smi says in %j', (text, load) => {
    expect(parseUtilization(text)).toBe(load);
  });

  it('is null or a share, whatever the tool prints', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const load = parseUtilization(text);
        expect(load === null || (load >= 0 && load <= 1)).toBe(true);
      }),
    );
  });

  it('is the busy part of all cores between two readings of a processor', () => {
    expect(busyShare([core(10, 10), core(0, 100)], [core(110, 10), core(0, 200)])).toBe(0.5);
    expect(busyShare([core(10, 10)], [core(10, 110)])).toBe(0);
    expect(busyShare([core(10, 10)], [core(10, 10)])).toBeNull();
    // A core was taken away meanwhile.
    expect(busyShare([core(10, 10), core(10, 500)], [core(900, 20)])).toBe(1);
  });

  it('is told of processors, software devices and cards of NVIDIA, of no others', () => {
    const told = (kind: 'gpu' | 'cpu' | 'software', more: object = {}): boolean =>
      loadOf({ kind, model: 'Any', memoryBytes: 0, ...more }) !== undefined;
    expect(told('cpu')).toBe(true);
    expect(told('software')).toBe(true);
    expect(told('gpu', { vendor: 'NVIDIA', hardwareId: 'GPU-1' })).toBe(true);
    expect(told('gpu', { vendor: 'NVIDIA' })).toBe(false);
    expect(told('gpu', { vendor: 'AMD' })).toBe(false);
  });

  it('is a share of the real processor', async () => {
    const load = await loadOf({ kind: 'cpu', model: 'Any', memoryBytes: 0 })?.();
    expect(load).toBeGreaterThanOrEqual(0);
    expect(load).toBeLessThanOrEqual(1);
  });
});
