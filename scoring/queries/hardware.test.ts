import { afterAll, describe, expect, it } from 'vitest';
import type { Component, Finding } from '../../protocol/messages/hardware.js';
import type { Fact } from '../facts/facts.js';
import { migrate } from '../storage/migrate.js';
import { deviceId } from '../testing/facts.js';
import { cardAttested, hardwareReported } from '../testing/hardware-facts.js';
import { openTestRecord } from '../testing/record.js';
import { attestationsSince } from './attestations.js';
import { hardwareRecordOf, latestHardware, loadHardware } from './hardware.js';
import { clonesOf, mostClones } from './hardware-clones.js';
import { insertFacts } from './insert-facts.js';

const { client, close } = await openTestRecord();
afterAll(close);
await migrate(client);

const now = Date.now();
const insert = (facts: readonly Fact[]) => insertFacts(client, facts, deviceId(`${facts[0]?.id}`));
const host = (kind: Component['kind'], value: string): Component => ({
  kind,
  card: null,
  hash: deviceId(`${kind} ${value}`),
});

describe('the latest report of a device', () => {
  const device = deviceId('reporter');
  const note: Finding = {
    code: 'hardware.wsl',
    severity: 'note',
    card: null,
    evidence: { kernel: 'microsoft', cores: 8, other: null },
    fix: 'Nothing to do.',
  };
  const first = hardwareReported(device, now, { findings: [note] });
  const second = hardwareReported(device, now + 5, {
    findings: [{ ...note, card: 1, severity: 'evidence' }],
    claims: [null, 3, 0],
    steady: deviceId('steady'),
  });

  it('is known by what follows from it, in whatever order the facts came', async () => {
    await insert([second, first]);
    expect((await loadHardware(client)).filter((one) => one.device === device)).toEqual([
      hardwareRecordOf(second),
    ]);
    expect(hardwareRecordOf(second)).toMatchObject({ fact: second.id, at: now + 5, claims: [null, 3, 0] });
  });

  it('is there in full, and null where none was made', async () => {
    expect(await latestHardware(client, device)).toEqual(second);
    expect(await latestHardware(client, deviceId('silent'))).toBeNull();
  });
});

describe('copies of one image', () => {
  const [one, two, three, apart] = ['image 1', 'image 2', 'image 3', 'apart'].map(deviceId) as [
    string,
    string,
    string,
    string,
  ];
  const [machine, disk, mac] = [host('machine-id', 'x'), host('disk', 'x'), host('mac', 'x')];

  it('are found by what their systems made once, as long as they show it', async () => {
    await insert([
      hardwareReported(one, now, { components: [machine, disk, mac] }),
      hardwareReported(two, now, { components: [machine] }),
      hardwareReported(three, now, { components: [machine, disk] }),
      hardwareReported(apart, now, { components: [host('machine-id', 'y'), mac] }),
    ]);
    expect(await clonesOf(client, one, [machine, disk, mac])).toEqual([
      { kind: 'disk', devices: [three] },
      { kind: 'machine-id', devices: [two, three].toSorted() },
    ]);
    // It made new ids for itself.
    await insert([hardwareReported(three, now + 1, { components: [disk] })]);
    expect(await clonesOf(client, one, [machine, disk, mac])).toEqual([
      { kind: 'disk', devices: [three] },
      { kind: 'machine-id', devices: [two] },
    ]);
  });

  it('are nobody where a machine is alone, or says nothing', async () => {
    expect(await clonesOf(client, apart, [host('machine-id', 'y'), mac])).toEqual([]);
    expect(await clonesOf(client, apart, [])).toEqual([]);
  });

  it('are named up to a number', async () => {
    const common = host('disk', 'QM00001');
    const many = Array.from({ length: mostClones + 20 }, (_, index) =>
      hardwareReported(deviceId(`vm ${index}`), now, { components: [common] }),
    );
    await insert(many);
    const [shared] = await clonesOf(client, deviceId('vm 0'), [common]);
    expect(shared?.devices.length).toBe(mostClones);
  });
});

describe('attestations', () => {
  it('are read from a time on, each once', async () => {
    const device = deviceId('attested');
    const [old, young] = [cardAttested(device, now - 5000), cardAttested(device, now)];
    await insert([old, young]);
    await insertFacts(client, [old, young], 'the same by another journal');
    expect((await attestationsSince(client, now - 10)).filter((one) => one.device === device)).toEqual([
      young,
    ]);
    expect((await attestationsSince(client, 0)).filter((one) => one.device === device)).toEqual([old, young]);
  });
});
