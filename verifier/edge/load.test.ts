import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Asker, type Load, type LoadLimits, pressureOn } from './load.js';

const limits: LoadLimits = {
  utilisation: 0.9,
  standstillMs: 1_000,
  requests: 100,
  proofs: 10,
  journalBytes: 1_000,
};
const idle: Load = { utilisation: 0, standstillMs: 0, requests: 0, proofs: 0, journalBytes: 0 };
const askers: readonly Asker[] = ['reader', 'newcomer', 'known'];
const anyLoad = fc.record({
  utilisation: fc.double({ min: 0, max: 1, noNaN: true }),
  standstillMs: fc.nat(5_000),
  requests: fc.nat(500),
  proofs: fc.nat(50),
  journalBytes: fc.nat(5_000),
});

/** Who waits at a load. */
const waiting = (load: Partial<Load>) =>
  askers.flatMap((asker) => {
    const why = pressureOn(asker, { ...idle, ...load }, limits);
    return why === null ? [] : [`${asker}: ${why}`];
  });

describe('pressure', () => {
  it('sends nobody away while there is room, up to the very limits', () => {
    expect(waiting({})).toEqual([]);
    expect(
      waiting({ utilisation: 0.9, standstillMs: 1_000, requests: 100, proofs: 10, journalBytes: 1_000 }),
    ).toEqual([]);
  });

  it('lets readers and newcomers wait before devices that are known', () => {
    expect(waiting({ utilisation: 0.92 })).toEqual(['reader: loop', 'newcomer: loop']);
    expect(waiting({ standstillMs: 1_500 })).toEqual(['reader: loop', 'newcomer: loop']);
    expect(waiting({ requests: 150 })).toEqual(['reader: requests', 'newcomer: requests']);
    expect(waiting({ utilisation: 0.97 })).toHaveLength(3);
    expect(waiting({ requests: 201 })).toHaveLength(3);
  });

  it('takes no newcomers while proofs or facts pile up, and goes on for all others', () => {
    expect(waiting({ proofs: 11 })).toEqual(['newcomer: proofs']);
    expect(waiting({ journalBytes: 1_001 })).toEqual(['newcomer: journal']);
  });

  it('never sends a known device away while it takes in a reader or a newcomer', () => {
    fc.assert(
      fc.property(anyLoad, (load) => {
        if (pressureOn('known', load, limits) === null) return;
        expect(pressureOn('reader', load, limits)).not.toBeNull();
        expect(pressureOn('newcomer', load, limits)).not.toBeNull();
      }),
    );
  });

  it('sends away whoever it sent away with less to do', () => {
    fc.assert(
      fc.property(anyLoad, anyLoad, fc.constantFrom(...askers), (a, b, asker) => {
        const more: Load = {
          utilisation: Math.max(a.utilisation, b.utilisation),
          standstillMs: Math.max(a.standstillMs, b.standstillMs),
          requests: Math.max(a.requests, b.requests),
          proofs: Math.max(a.proofs, b.proofs),
          journalBytes: Math.max(a.journalBytes, b.journalBytes),
        };
        if (pressureOn(asker, a, limits) !== null) expect(pressureOn(asker, more, limits)).not.toBeNull();
      }),
    );
  });
});
