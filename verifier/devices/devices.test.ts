import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fact } from '../../scoring/facts/facts.js';
import { deviceId, enrolled, exam, network, transition } from '../../scoring/testing/facts.js';
import { Devices } from './devices.js';
import type { HistorySource } from './histories.js';

const a = deviceId('a');

/** A record that holds what it is given. */
class Recorded implements HistorySource {
  facts: Fact[] = [];
  waiting: Fact[] = [];
  reads = 0;
  /** What happens while it is read. */
  meanwhile: () => void = () => {};

  async outcomes() {
    this.reads += 1;
    const rows = this.#exams().map(({ outcome, card, at, gflops, class: name }) => ({
      outcome,
      card,
      at,
      gflops,
      class: name,
    }));
    this.meanwhile();
    return rows;
  }

  async exams() {
    return this.#exams().reverse();
  }

  async network() {
    return null;
  }

  unshipped(): readonly Fact[] {
    return this.waiting;
  }

  #exams() {
    return this.facts.filter((fact) => fact.kind === 'exam.finished');
  }
}

describe('the view of devices', () => {
  it('comes to the same whatever is told twice, and however often', async () => {
    const facts = [
      enrolled(a, 1),
      transition(a, 2, 'enrolled', 'examining'),
      exam(a, 3, { outcome: 'failed' }),
      exam(a, 4),
      network(a, 5),
      transition(a, 6, 'examining', 'verified'),
    ];
    const told = fc.array(fc.nat(facts.length - 1), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(told, async (again) => {
        const devices = new Devices([], new Recorded());
        await devices.apply(facts);
        const [state, history] = [devices.get(a), structuredClone(await devices.history(a))];
        await devices.apply(again.map((i) => facts[i] as Fact));
        expect(devices.get(a)).toEqual(state);
        expect(await devices.history(a)).toEqual(history);
      }),
    );
  });

  it('keeps the latest transition, in whatever order they are heard of', async () => {
    const devices = new Devices([], new Recorded());
    await devices.apply([
      enrolled(a, 1),
      transition(a, 5, 'examining', 'verified'),
      transition(a, 3, 'enrolled', 'examining'),
    ]);
    expect(devices.get(a)).toMatchObject({ status: 'verified', statusSince: 5 });
  });

  it('reads a history with what is not in the record yet, each exam once and in order', async () => {
    const record = new Recorded();
    const [first, second, third] = [exam(a, 3), exam(a, 4), exam(a, 5, { outcome: 'failed' })];
    record.facts = [first, third];
    record.waiting = [second, third];
    const devices = new Devices([], record);
    await devices.apply([enrolled(a, 1)]);
    devices.forget(a);
    const history = await devices.history(a);
    expect(history.outcomes.map(({ at }) => at)).toEqual([3, 4, 5]);
    expect(history.latest.get(0)).toBe(third);
  });

  it('counts an exam once that two verifiers ended, at its later end, whichever it hears of first', async () => {
    const earlier = exam(a, 3, { outcome: 'unanswered' });
    const later = { ...earlier, at: 5, outcome: 'passed' } as const;
    for (const order of [
      [earlier, later],
      [later, earlier],
    ]) {
      const devices = new Devices([], new Recorded());
      await devices.apply([enrolled(a, 1), exam(a, 2)]);
      for (const fact of order) await devices.apply([fact]);
      const { outcomes, latest } = await devices.history(a);
      expect(outcomes.map(({ at, outcome }) => [at, outcome])).toEqual([
        [2, 'passed'],
        [5, 'passed'],
      ]);
      expect(latest.get(0)).toBe(later);
    }
  });

  it('misses no exam that is carried into the record while that is read', async () => {
    const record = new Recorded();
    const moving = exam(a, 3);
    record.waiting = [moving];
    record.meanwhile = () => {
      record.facts = [moving];
      record.waiting = [];
    };
    const devices = new Devices([], record);
    expect((await devices.history(a)).outcomes.map(({ at }) => at)).toEqual([3]);
  });

  it('does not read the record for exams of devices that nobody asks for', async () => {
    const record = new Recorded();
    const devices = new Devices([], record);
    await devices.apply([exam(a, 3)]);
    expect(record.reads).toBe(0);
  });

  it('keeps what is newer here when the record is read again, and takes what was missed', async () => {
    const devices = new Devices([], new Recorded());
    const b = deviceId('b');
    await devices.apply([enrolled(a, 1), transition(a, 9, 'examining', 'verified')]);
    const record = { ...devices.get(a), status: 'examining', statusSince: 4, lastExamAt: 8 } as never;
    const missed = { ...devices.get(a), device: b } as never;
    devices.reload([record, missed]);
    expect(devices.get(a)).toMatchObject({ status: 'verified', statusSince: 9, lastExamAt: 8 });
    expect(devices.get(b)).toMatchObject({ status: 'verified' });
  });
});
