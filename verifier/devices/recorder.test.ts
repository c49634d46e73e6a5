import { describe, expect, it } from 'vitest';
import type { Fact } from '../../scoring/facts/facts.js';
import { deviceId, enrolled, exam, presence, transition } from '../../scoring/testing/facts.js';
import type { Journal } from '../journal/journal.js';
import { Devices } from './devices.js';
import { Recorder } from './recorder.js';

const a = deviceId('a');

/** A recorder whose journal and whose record wait until they are let go on. */
function openRecorder() {
  const journal: Fact[] = [];
  const announced: Fact[] = [];
  const order: string[] = [];
  const hall = {
    here: true,
    journal,
    announced,
    order,
    read: Promise.resolve() as Promise<void>,
    write: Promise.resolve() as Promise<void>,
  };
  const devices = new Devices([], {
    outcomes: async () => {
      await hall.read;
      return [];
    },
    exams: async () => [],
    network: async () => null,
  });
  const append = async (facts: readonly Fact[]) => {
    await hall.write;
    journal.push(...facts);
    order.push('journal');
  };
  const recorder = new Recorder({ append } as unknown as Journal, devices, {
    isHere: () => hall.here,
    announce: async (facts) => {
      announced.push(...facts);
      order.push('others', String(devices.get(a)?.enrolment.name));
    },
  });
  return { hall, recorder, devices };
}

describe('what is recorded', () => {
  it('is on disk, then with the other verifiers, then in view', async () => {
    const { hall, recorder, devices } = openRecorder();
    await recorder.record([enrolled(a, 1)]);
    expect(hall.order).toEqual(['journal', 'others', 'undefined']);
    expect(devices.get(a)).toBeDefined();
  });

  it('is refused where the device is at home elsewhere, all of it', async () => {
    const { hall, recorder } = openRecorder();
    hall.here = false;
    const facts = [presence(a, 1), transition(a, 2, 'enrolled', 'examining')];
    await expect(recorder.record(facts)).rejects.toMatchObject({ code: 'session.moving' });
    expect(hall.journal).toEqual([]);
  });

  it('is refused where the device moves while its history is read', async () => {
    const { hall, recorder } = openRecorder();
    let go = () => {};
    hall.read = new Promise((resolve) => {
      go = resolve;
    });
    const recorded = recorder.record([exam(a, 1)]);
    hall.here = false;
    go();
    await expect(recorded).rejects.toMatchObject({ code: 'session.moving' });
    expect(hall.journal).toEqual([]);
  });

  it('is taken wherever it was seen, where nothing about the device rests on it', async () => {
    const { hall, recorder } = openRecorder();
    hall.here = false;
    await recorder.record([presence(a, 1)]);
    await recorder.record([exam(a, 1, { outcome: 'ours' })]);
    expect(hall.journal.map(({ kind }) => kind)).toEqual(['presence', 'exam.finished']);
  });

  it('is waited for by a device that moves', async () => {
    const { hall, recorder } = openRecorder();
    let go = () => {};
    hall.write = new Promise((resolve) => {
      go = resolve;
    });
    const recorded = recorder.record([transition(a, 2, 'enrolled', 'examining')]);
    await Promise.resolve();
    hall.here = false;
    let settled = false;
    const waiting = recorder.settled(a).then(() => {
      settled = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(settled).toBe(false);
    go();
    await Promise.all([recorded, waiting]);
    expect(hall.announced).toHaveLength(1);
  });
});
