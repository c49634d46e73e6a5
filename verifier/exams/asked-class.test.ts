import { describe, expect, it } from 'vitest';
import type { CardClaim } from '../../protocol/messages/cards.js';
import { expectation } from '../../scoring/catalogue/catalogue.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import { deviceId, exam } from '../../scoring/testing/facts.js';
import { askedClass, awaitsClass } from './asked-class.js';

const memory = { bandwidthGBps: 10, tableGops: 1, bestGops: 1 };
const catalogue = {
  classes: [
    givenClass('ten', 'gpu', { models: ['Ten'], gflops: 10, memory }),
    givenClass('unlisted', 'gpu', { gflops: 1, ceilingGflops: 1e6, eligible: false }),
  ],
};
const claim: CardClaim = { kind: 'gpu', model: 'New', memoryBytes: 1, engine: 'e', memoryEngine: 'webgpu' };
const examined = (changes: Partial<ExamFact>) => ({
  latest: new Map([[0, exam(deviceId('d'), 1, { claim, measuredAs: 'ten', ...changes })]]),
});
const asked = (of: CardClaim, history: Parameters<typeof askedClass>[3]) => {
  const found = askedClass(catalogue, of, 0, history);
  return found && [found.cardClass.id, found.byMeasurement ?? false];
};

describe('the class that a card is asked as', () => {
  it('is the one that it claims, whatever it was measured as', () => {
    expect(asked({ ...claim, model: 'Ten' }, null)).toEqual(['ten', false]);
    const measured = examined({ claim: { ...claim, model: 'Ten' }, measuredAs: 'unlisted' });
    expect(asked({ ...claim, model: 'Ten' }, measured)).toEqual(['ten', false]);
  });

  it('is what its last exam measured it as where its name is in none, and no card of it is too fast', () => {
    expect(asked(claim, examined({}))).toEqual(['ten', true]);
    const found = askedClass(catalogue, claim, 0, examined({}));
    expect(found && expectation(found.cardClass, 'e').ceilingGflops).toBe(1e6);
  });

  it('is unlisted before the first exam, after one that measured nothing, and with facts of before there was that', () => {
    const { measuredAs: _, ...before } = exam(deviceId('d'), 1, { claim });
    for (const history of [
      null,
      { latest: new Map() },
      examined({ measuredAs: null }),
      { latest: new Map([[0, before]]) },
    ])
      expect(asked(claim, history)).toEqual(['unlisted', false]);
  });

  it('is unlisted where another card was measured: one of another name, memory or id', () => {
    for (const other of [{ model: 'Newer' }, { memoryBytes: 2 }, { hardwareId: 'GPU-2' }])
      expect(asked({ ...claim, ...other }, examined({}))).toEqual(['unlisted', false]);
    expect(
      asked(claim, { latest: new Map([[1, exam(deviceId('d'), 1, { claim, measuredAs: 'ten' })]]) }),
    ).toEqual(['unlisted', false]);
  });

  it('is unlisted where the catalogue has that class no more, and nothing without a class for the kind', () => {
    expect(asked(claim, examined({ measuredAs: 'of-long-ago' }))).toEqual(['unlisted', false]);
    expect(asked({ ...claim, kind: 'cpu' }, null)).toBeNull();
  });
});

describe('a card that awaits its class', () => {
  const awaits = (shown: string | null, measuredAs?: string | null) =>
    awaitsClass(exam(deviceId('d'), 1, { class: shown, ...(measuredAs !== undefined && { measuredAs }) }));

  it('has passed as unlisted and was measured as one', () => {
    expect(awaits('unlisted', 'ten')).toBe(true);
    expect(awaits('unlisted', null)).toBe(false);
    expect(awaits('unlisted')).toBe(false);
  });

  it('awaits none while it is of that class, or its exam has ended without a verdict', () => {
    expect(awaits('ten', 'ten')).toBe(false);
    expect(awaits(null, 'ten')).toBe(false);
  });
});
