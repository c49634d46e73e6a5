import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCatalogue, loadCatalogueData } from './read-catalogue.js';
import { assertModelsKnown, loadUnits, readUnitsFile } from './read-units.js';
import { floorUnits } from './units.js';

interface Published {
  readonly lists: readonly {
    readonly id: string;
    readonly source: string;
    readonly date: string;
    readonly rtx4090: number;
  }[];
  readonly models: readonly {
    readonly model: string;
    readonly units: number | null;
    readonly usdPerHour?: Readonly<Record<string, number>>;
  }[];
}
const published = JSON.parse(readFileSync(new URL('units.json', import.meta.url), 'utf8')) as Published;
const units = loadUnits();

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'units-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function errorOf(content: unknown): unknown {
  const path = join(directory, 'units.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  try {
    return readUnitsFile(path);
  } catch (error) {
    return error;
  }
}

describe('the published units', () => {
  it('name every model of the catalogue once, and an RTX 4090 is 1', () => {
    const names = published.models.map(({ model }) => model);
    expect(names.toSorted()).toEqual(
      loadCatalogueData()
        .models.map(({ model }) => model)
        .toSorted(),
    );
    expect(units.get('RTX 4090')).toBe(1);
  });

  it('are the median of what public lists ask, over what they ask for an RTX 4090, and nothing without a list', () => {
    for (const { model, units: said, usdPerHour = {} } of published.models) {
      const ratios = Object.entries(usdPerHour)
        .map(([id, usd]) => usd / (published.lists.find((list) => list.id === id)?.rtx4090 ?? Number.NaN))
        .toSorted((a, b) => a - b);
      const middle = [ratios[(ratios.length - 1) >> 1], ratios[ratios.length >> 1]];
      const median = ((middle[0] ?? Number.NaN) + (middle[1] ?? Number.NaN)) / 2;
      if (said === null) expect(ratios, model).toEqual([]);
      else expect(Math.abs(said - median), model).toBeLessThanOrEqual(0.0051);
    }
  });

  it('say of each list where it is from, and when', () => {
    for (const { source, date } of published.lists) {
      expect(source).toMatch(/vast\.ai|akash\.network|RunPod|runpod\.io/);
      expect(date).toMatch(/^20\d\d(-\d\d-\d\d)?$/);
    }
  });
});

describe('floorUnits', () => {
  it('is the least of the models that have a price', () => {
    for (const one of loadCatalogue().classes) {
      const floor = floorUnits(one, units);
      for (const model of one.models) {
        const own = units.get(model);
        if (own !== undefined && floor !== null) expect(floor, model).toBeLessThanOrEqual(own);
      }
    }
    const prices = new Map([
      ['a', 2],
      ['b', 1],
    ]);
    expect(floorUnits({ eligible: true, models: ['a', 'b', 'c'] }, prices)).toBe(1);
    expect(floorUnits({ eligible: true, models: ['a', 'c'] }, prices)).toBe(2);
  });

  it('is null where no model has a price, and for classes that never earn', () => {
    expect(floorUnits({ eligible: true, models: ['c'] }, units)).toBeNull();
    expect(floorUnits({ eligible: false, models: ['RTX 4090'] }, units)).toBeNull();
  });
});

describe("an operator's units", () => {
  it('need a model and its units and nothing else; null is no price', () => {
    const models = [
      { model: 'RTX 4090', units: 1, note: 'ours' },
      { model: 'L4', units: null },
    ];
    expect(errorOf({ models })).toEqual(new Map([['RTX 4090', 1]]));
  });

  it('are refused with what is wrong', () => {
    expect(errorOf('{')).toMatchObject({ code: 'impersonation.unreadable' });
    expect(errorOf({ models: [] })).toMatchObject({ code: 'impersonation.unreadable' });
    for (const wrong of [0, -1, '1'])
      expect(errorOf({ models: [{ model: 'L4', units: wrong }] })).toMatchObject({
        code: 'impersonation.unreadable',
        message: expect.stringContaining('/models/0/units'),
      });
    const twice = { model: 'L4', units: 1 };
    expect(errorOf({ models: [twice, twice] })).toMatchObject({
      message: expect.stringContaining('L4 is there twice'),
    });
    expect(() => readUnitsFile(join(directory, 'none.json'))).toThrow('cannot be read');
  });
});

it('units are for models that somebody knows: a misspelled one would be paid nothing, unseen', () => {
  const check = (model: string) => () =>
    assertModelsKnown(new Map([[model, 1]]), loadCatalogue(), 'own.json');
  expect(() => assertModelsKnown(units, { classes: [] }, 'own.json')).not.toThrow();
  for (const model of loadCatalogue().classes.flatMap(({ models }) => models))
    expect(check(model)).not.toThrow();
  expect(check('RTX 409O')).toThrow(/own\.json: no class has a model RTX 409O/);
});
