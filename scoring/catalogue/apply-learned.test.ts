import { describe, expect, it } from 'vitest';
import { applyLearned } from './apply-learned.js';
import { classById, expectation } from './catalogue.js';
import { loadCatalogue } from './read-catalogue.js';

const published = loadCatalogue();
const some = published.classes.find(({ expectations }) => expectations['onnx-cuda'] !== undefined);
if (some === undefined) throw new Error('no class has figures');
const own = expectation(some, 'onnx-cuda');
const day = 24 * 3600_000;
const epoch = 500_000;
const figure = (changes: object = {}) => ({
  class: some.id,
  engine: 'onnx-cuda',
  gflops: own.gflops * 1.5,
  lowGflops: own.lowGflops * 1.5,
  cards: 77,
  q02: own.gflops,
  q50: own.gflops * 2,
  ...changes,
});
const applied = (changes: object = {}, engine = 'onnx-cuda') => {
  const times = { epoch, from: epoch * 3600_000 - 14 * day, to: epoch * 3600_000 };
  const catalogue = applyLearned(published, { ...times, figures: [figure({ engine, ...changes })] });
  const one = classById(catalogue, some.id);
  if (one === null) throw new Error('the class is gone');
  return { catalogue, taught: expectation(one, engine) };
};

describe('a catalogue with what the fleet taught', () => {
  it('says so, from how many cards, of how many days, and since which epoch', () => {
    const { taught } = applied();
    expect(taught).toMatchObject({
      basis: 'fleet',
      lowGflops: own.lowGflops * 1.5,
      gflops: own.gflops * 1.5,
    });
    for (const said of ['77 cards', '14 days', `epoch ${epoch}`]) expect(taught.source).toContain(said);
  });

  it('keeps all else: other engines, other classes, memory, and what physics allows', () => {
    const { catalogue, taught } = applied();
    expect(taught.ceilingGflops).toBe(own.ceilingGflops);
    const others = (of: typeof published) => of.classes.filter(({ id }) => id !== some.id);
    expect(others(catalogue)).toEqual(others(published));
    const { expectations, ...rest } = classById(catalogue, some.id) ?? some;
    expect({ ...some, expectations: {} }).toEqual({ ...rest, expectations: {} });
    expect(expectations['*']).toEqual(some.expectations['*']);
  });

  it('takes nothing below the published floors, on no engine, and nothing above physics', () => {
    expect(applied({ lowGflops: 0.1 }).taught.lowGflops).toBe(own.lowGflops);
    expect(applied({ lowGflops: 0.1, gflops: 0.2 }, 'webgpu').taught).toMatchObject({
      lowGflops: own.lowGflops,
      gflops: own.lowGflops,
    });
    expect(applied({ gflops: own.ceilingGflops * 2 }).taught).toEqual(own);
  });

  it('knows nothing of classes that it has no more', () => {
    const { catalogue } = applied({ class: 'of-long-ago' });
    expect(catalogue).toEqual(published);
  });
});
