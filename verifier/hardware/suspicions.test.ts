import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { FindingSeverity } from '../../protocol/messages/hardware.js';
import type { DeviceStatus } from '../../protocol/status.js';
import { finding } from '../../scoring/hardware/finding.js';
import { hardwareReported } from '../../scoring/testing/hardware-facts.js';
import type { Connection } from '../connections/hub.js';
import { transitionTable } from '../devices/transitions.js';
import { MemoryState } from '../state/memory.js';
import { HardwareBook } from './hardware-book.js';
import { Suspicions } from './suspicions.js';

const day = 24 * 3600_000;
const silent = { info() {}, warn() {} };

/** A verifier with some connected devices. */
function hall(status: DeviceStatus, severities: readonly FindingSeverity[], count = 2) {
  const names = Array.from({ length: count }, (_, index) => index.toString(16).padStart(64, '0'));
  const book = new HardwareBook([]);
  book.apply(
    names.map((device) =>
      hardwareReported(device, 1, {
        findings: severities.map((severity) => finding('hardware.names-differ', severity, 0)),
      }),
    ),
  );
  let now = Date.now();
  const asked: (readonly string[])[] = [];
  const world = {
    book,
    busy: false,
    leased: new Set<string>(),
    elsewhere: new Set<string>(),
    asked,
    names,
    pass: (ms: number) => {
      now += ms;
    },
  };
  const suspicions = new Suspicions({
    book,
    devices: { get: () => ({ status }) as never },
    hub: { all: () => names.map((device) => ({ device }) as Connection).values() },
    homes: { isHere: (device) => !world.elsewhere.has(device) },
    state: new MemoryState({ ...systemClock, now: () => now, monotonic: () => now }),
    sweeps: {
      suspects: async (devices) => {
        if (world.busy) throw new TouchstoneError('service.busy');
        asked.push(devices);
        return 'sw_';
      },
    },
    isFree: (device) => !world.leased.has(device),
    uniform: () => randomInt(2 ** 47) / 2 ** 47,
    log: silent,
  });
  return { ...world, world, suspicions };
}

describe('a report that holds evidence', () => {
  it('has its device asked with all others like it, and not again for a day', async () => {
    const { suspicions, names, asked, pass } = hall('verified', ['note', 'evidence']);
    await suspicions.look();
    await suspicions.look();
    expect(asked).toEqual([names]);
    pass(day - 1000);
    expect(await suspicions.look()).toEqual([]);
    pass(2000);
    expect(await suspicions.look()).toEqual(names);
  });

  it('is no reason while its cards are leased, or by a verifier that is not its home', async () => {
    const { suspicions, world, names, asked } = hall('verified', ['evidence']);
    const [first = '', second = ''] = names;
    world.leased.add(first);
    world.elsewhere.add(second);
    expect(await suspicions.look()).toEqual([]);
    world.leased.clear();
    expect(await suspicions.look()).toEqual([first]);
    expect(asked).toEqual([[first]]);
  });

  it('is asked about at the next look where no sweep could be asked for', async () => {
    const { suspicions, world, names } = hall('verified', ['evidence']);
    world.busy = true;
    expect(await suspicions.look()).toEqual([]);
    world.busy = false;
    expect(await suspicions.look()).toEqual(names);
  });

  it('asks nobody who is not verified, and nobody for a note or a refusal', async () => {
    const statuses = Object.keys(transitionTable) as DeviceStatus[];
    const severities: FindingSeverity[] = ['note', 'evidence', 'refusal'];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...statuses),
        fc.array(fc.constantFrom(...severities), { maxLength: 4 }),
        async (status, found) => {
          const { suspicions, names } = hall(status, found);
          const expected = status === 'verified' && found.includes('evidence') ? names : [];
          expect(await suspicions.look()).toEqual(expected);
        },
      ),
    );
  });

  it('has no sweep of more devices than one holds', async () => {
    const { suspicions, asked } = hall('verified', ['evidence'], 250);
    await suspicions.look();
    await suspicions.look();
    expect(asked.map(({ length }) => length)).toEqual([200, 50]);
  });
});
