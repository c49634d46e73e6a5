import { describe, expect, it } from 'vitest';
import { buildCatalogue, spread, tensorOverFp32 } from './build.js';
import { classById, expectation } from './catalogue.js';
import { givenClass } from './given.js';
import { loadCatalogue } from './read-catalogue.js';

const catalogue = loadCatalogue();
const named = (id: string) => {
  const found = classById(catalogue, id);
  if (found === null) throw new Error(`no class ${id}`);
  return found;
};

describe('the published catalogue', () => {
  it('has each class once, under a stable kind of id', () => {
    const ids = catalogue.classes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
  });

  it('has three classes without figures, and none of them earns', () => {
    expect(named('cpu')).toMatchObject({ kind: 'cpu', eligible: false });
    expect(named('software')).toMatchObject({ kind: 'software', eligible: false });
    expect(named('unlisted')).toMatchObject({ kind: 'gpu', eligible: false });
    expect(expectation(named('cpu'), 'onnx-cpu').lowGflops).toBe(1);
    expect(expectation(named('software'), 'onnx-webgpu').lowGflops).toBe(0.05);
  });

  it('asks no class for what its slowest honest card can’t do, and allows what its fastest can', () => {
    for (const { id, kind, expectations } of catalogue.classes) {
      for (const [engine, { lowGflops, gflops, ceilingGflops }] of Object.entries(expectations)) {
        expect(lowGflops, `${id} ${engine}`).toBeGreaterThan(0);
        expect(gflops, `${id} ${engine}`).toBeGreaterThanOrEqual(lowGflops);
        expect(ceilingGflops, `${id} ${engine}`).toBeGreaterThan(gflops * (kind === 'gpu' ? 50 : 1));
      }
    }
  });

  it('holds a class of several models to the slowest of them', () => {
    const together = expectation(named('l40'), 'onnx-cuda');
    // RTX 6000 Ada: 26.0 TFLOP/s measured; L40 and L40S have the slower memory. None of them may be failed.
    expect(together.gflops).toBeLessThan(26_000);
    expect(together.lowGflops).toBeCloseTo(together.gflops * (1 - spread));
    expect(named('l40')).toMatchObject({ peakFp32Gflops: 90_500, memoryBytes: 48 * 2 ** 30 });
    expect(catalogue.classes.some(({ id }) => id === 'l40s' || id === 'rtx-6000-ada')).toBe(false);
  });

  it('says of each figure what it rests on', () => {
    expect(expectation(named('l40'), 'onnx-cuda').basis).toBe('measured');
    expect(expectation(named('rtx-4090'), 'onnx-cuda').basis).toBe('published-peak');
    expect(expectation(named('rtx-4090'), 'onnx-cuda').source).toContain('a model of the same die');
    expect(expectation(named('rtx-4080'), 'onnx-cuda').basis).toBe('published-peak');
    expect(expectation(named('rtx-4090'), 'onnx-webgpu').basis).toBe('prior');
    expect(expectation(named('mi300x'), 'onnx-cuda').basis).toBe('prior');
    for (const { expectations } of catalogue.classes)
      for (const { source } of Object.values(expectations)) expect(source).not.toBe('');
  });

  it('asks next to nothing where nobody has measured', () => {
    const { lowGflops } = expectation(named('rtx-4090'), 'onnx-webgpu');
    expect(lowGflops).toBeCloseTo(0.03 * 73_500);
    expect(expectation(named('rtx-4090'), '__proto__').basis).toBe('prior');
  });

  it('calls nothing faster than physics that int8 units are sold for', () => {
    // Dense int8 TOPS of the data sheets, in GFLOP/s.
    const sold = {
      'rtx-4090': 661e3,
      'a100-sxm4-80gb': 624e3,
      'h200-sxm-141gb': 1979e3,
      b200: 4500e3,
      t4: 130e3,
    };
    for (const [id, rate] of Object.entries(sold))
      expect(expectation(named(id), 'onnx-cuda').ceilingGflops, id).toBeGreaterThan(1.2 * rate);
  });

  it('tells the cards apart that a cheat would swap', () => {
    const low = (id: string) => expectation(named(id), 'onnx-cuda').lowGflops;
    const usual = (id: string) => expectation(named(id), 'onnx-cuda').gflops;
    expect(usual('rtx-3090')).toBeLessThan(low('rtx-4090'));
    expect(usual('rtx-4090')).toBeLessThan(low('h200-sxm-141gb'));
    expect(usual('t4')).toBeLessThan(low('rtx-3090'));
  });
});

describe('buildCatalogue', () => {
  const model = { vendor: 'nvidia', model: 'X1', fp32TFLOPS: 10, bandwidthGBps: 1e9, memoryGB: 8 };
  const tensor = { margin: 1, units: [] };

  it('is built from any data', () => {
    const measured = [{ model: 'X1', fp32MeasuredTFLOPS: 5 }];
    const { classes } = buildCatalogue({
      models: [model],
      measured,
      together: [],
      sameShare: [],
      names: [],
      tensor,
    });
    const [x1] = classes;
    expect(x1).toMatchObject({ id: 'x1', models: ['X1'], memoryBytes: 8 * 2 ** 30, peakFp32Gflops: 10_000 });
    // With memory this fast the product is all there is.
    expect(x1?.expectations['onnx-cuda']?.lowGflops).toBeCloseTo(5000 * 0.78, 0);
    expect(x1?.expectations['onnx-cuda']?.ceilingGflops).toBe(10_000 * tensorOverFp32);
  });

  it('takes a class for measured only where each of its models was', () => {
    const { classes } = buildCatalogue({
      models: [model, { ...model, model: 'X2' }],
      measured: [{ model: 'X1', fp32MeasuredTFLOPS: 5 }],
      together: [{ id: 'both', models: ['X1', 'X2'] }],
      sameShare: [],
      names: [],
      tensor,
    });
    expect(classes[0]?.expectations['onnx-cuda']).toMatchObject({ basis: 'published-peak' });
    expect(classes[0]?.expectations['onnx-cuda']?.gflops).toBeCloseTo(2900, 0);
  });
});

describe('a model that nobody has measured', () => {
  const model = { vendor: 'nvidia', model: 'X1', fp32TFLOPS: 10, bandwidthGBps: 1e9, memoryGB: 8 };
  const data = {
    models: [model, { ...model, model: 'X2', fp32TFLOPS: 8 }],
    measured: [{ model: 'X1', fp32MeasuredTFLOPS: 5 }],
    together: [],
    sameShare: [{ model: 'X2', as: 'X1' }],
    names: [],
    tensor: { margin: 1, units: [] },
  };

  it('reaches the share of its peak that its twin was measured at, and is not measured by that', () => {
    const x2 = buildCatalogue(data).classes[1]?.expectations['onnx-cuda'];
    expect(x2?.gflops).toBeCloseTo(4000, 0);
    expect(x2?.basis).toBe('published-peak');
  });

  it('reaches what any model does where its twin was not measured either', () => {
    const x2 = buildCatalogue({ ...data, measured: [] }).classes[1]?.expectations['onnx-cuda'];
    expect(x2?.gflops).toBeCloseTo(0.29 * 8000, 0);
  });
});

describe('classById', () => {
  it('knows a class by the ids that its models had before they were one', () => {
    expect(classById(catalogue, 'rtx-4090-d')?.id).toBe('rtx-4090');
    expect(classById(catalogue, 'rtx-6000-ada')?.id).toBe('l40');
    expect(classById(catalogue, 'rtx-4090')?.id).toBe('rtx-4090');
    expect(classById(catalogue, 'rtx-9999')).toBeNull();
  });

  it('gives no id to two classes, of now or before', () => {
    const ids = catalogue.classes.flatMap(({ id, formerIds }) => [id, ...(formerIds ?? [])]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('expectation', () => {
  it('refuses a class that has no figure for an engine', () => {
    expect(() => expectation({ ...givenClass('x', 'gpu', { gflops: 1 }), expectations: {} }, 'any')).toThrow(
      RangeError,
    );
  });

  it('takes the figures that were given', () => {
    const own = givenClass('x', 'gpu', { gflops: 10, lowGflops: 9, ceilingGflops: 11 });
    expect(expectation(own, 'any')).toMatchObject({
      gflops: 10,
      lowGflops: 9,
      ceilingGflops: 11,
      basis: 'given',
    });
  });
});
