import { describe, expect, it } from 'vitest';
import { classById, expectation } from '../../scoring/catalogue/catalogue.js';
import { givenClass } from '../../scoring/catalogue/given.js';
import { nobody } from '../../scoring/facts/base.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { nextId } from '../../scoring/testing/facts.js';
import { beginOf } from './epoch.js';
import { LiveCatalogue } from './live-catalogue.js';

const published = { classes: [givenClass('ten', 'gpu', { gflops: 10, lowGflops: 8 })] };
const epoch = 490_000;

function learned(lowGflops: number, changes: Partial<CatalogueLearnedFact> = {}): CatalogueLearnedFact {
  return {
    kind: 'catalogue.learned',
    id: nextId('fa'),
    at: beginOf(epoch - 1) + 30_000,
    device: nobody,
    epoch,
    from: 0,
    to: 1,
    figures: [{ class: 'ten', engine: 'e', gflops: lowGflops * 1.2, lowGflops, cards: 30, q02: 1, q50: 1 }],
    ...changes,
  };
}

function live(learns = true) {
  let now = beginOf(epoch) - 1;
  const catalogue = new LiveCatalogue({ published, clock: { now: () => now }, learns });
  const low = () => {
    const one = classById(catalogue, 'ten');
    return one === null ? null : expectation(one, 'e').lowGflops;
  };
  return {
    catalogue,
    low,
    at: (time: number) => {
      now = time;
    },
  };
}

describe('the catalogue that holds now', () => {
  it('changes over at the begin of the epoch that figures were frozen for, and not when it hears of them', () => {
    const { catalogue, low, at } = live();
    catalogue.apply(learned(9));
    expect(low()).toBe(8);
    expect(catalogue.latest?.epoch).toBe(epoch);
    expect(catalogue.learned).toBeNull();
    at(beginOf(epoch));
    expect(low()).toBe(9);
    expect(catalogue.learned?.epoch).toBe(epoch);
  });

  it('leaves an exam that runs the class that it began with', () => {
    const { catalogue, at } = live();
    const began = classById(catalogue, 'ten');
    catalogue.apply(learned(9));
    at(beginOf(epoch));
    expect(classById(catalogue, 'ten')).not.toBe(began);
    expect(began && expectation(began, 'e').lowGflops).toBe(8);
  });

  it('holds one fact of an epoch, in whatever order it hears of two', () => {
    const early = learned(8.5, { at: 1 });
    const late = learned(9, { at: 2 });
    const same = learned(9.5, { at: 1, id: early.id });
    const lows = [
      [early, late, same],
      [same, late, early],
      [late, same, early],
    ].map((facts) => {
      const { catalogue, low, at } = live();
      for (const fact of facts) catalogue.apply(fact);
      at(beginOf(epoch));
      return low();
    });
    expect(new Set(lows)).toEqual(new Set([8.5]));
  });

  it('goes by the latest epoch that has begun', () => {
    const { catalogue, low, at } = live();
    catalogue.apply(learned(9, { epoch: epoch + 2 }));
    catalogue.apply(learned(8.5));
    catalogue.apply(learned(20, { epoch: epoch - 5 }));
    at(beginOf(epoch + 1));
    expect(low()).toBe(8.5);
    at(beginOf(epoch + 2));
    expect(low()).toBe(9);
    catalogue.apply(learned(30, { epoch: epoch + 1 }));
    expect(low()).toBe(9);
  });

  it('takes nothing that the fleet taught where learning is switched off', () => {
    const { catalogue, low, at } = live(false);
    catalogue.apply(learned(9));
    at(beginOf(epoch));
    expect(low()).toBe(8);
  });

  it('is the same value until it changes', () => {
    const { catalogue, at } = live();
    expect(catalogue.classes).toBe(published.classes);
    catalogue.apply(learned(9));
    at(beginOf(epoch));
    expect(catalogue.classes).toBe(catalogue.classes);
  });
});
