import { describe, expect, it } from 'vitest';
import { requireMemoryShape } from './shape.js';
import { smallShape } from './testing/honest.js';

const invalid = expect.objectContaining({ code: 'shape.invalid' });

describe('requireMemoryShape', () => {
  it('accepts as many reads in a round as there are pages, and not one more', () => {
    const pages = { banks: 3, bankPages: 256 };
    expect(() => requireMemoryShape({ ...smallShape, ...pages, walkers: 384, steps: 2 })).not.toThrow();
    expect(() => requireMemoryShape({ ...smallShape, ...pages, walkers: 768, steps: 1 })).not.toThrow();
    expect(() => requireMemoryShape({ ...smallShape, ...pages, walkers: 769, steps: 1 })).toThrow(invalid);
    expect(() => requireMemoryShape({ ...smallShape, ...pages, walkers: 385, steps: 2 })).toThrow(invalid);
  });

  it('accepts the smallest table and every limit of the protocol, and nothing beyond', () => {
    const smallest = { n: 256, layers: 1, banks: 1, bankPages: 1, rounds: 1, walkers: 1, steps: 1 };
    expect(() => requireMemoryShape(smallest)).not.toThrow();
    const largest = {
      n: 1024,
      layers: 16_384,
      banks: 1024,
      bankPages: 2 ** 24,
      rounds: 256,
      walkers: 2 ** 22,
      steps: 256,
    };
    expect(() => requireMemoryShape(largest)).not.toThrow();
    for (const [field, most] of Object.entries(largest)) {
      expect(() => requireMemoryShape({ ...largest, [field]: most * 2 })).toThrow(invalid);
      expect(() => requireMemoryShape({ ...smallest, [field]: 0 })).toThrow(invalid);
      expect(() => requireMemoryShape({ ...largest, [field]: most - 0.5 })).toThrow(invalid);
    }
  });

  it.each([
    null,
    'shape',
    {},
    { ...smallShape, bankPages: 255 },
    { ...smallShape, n: 300 },
    { ...smallShape, more: 1 },
  ])('refuses %j', (shape) => {
    expect(() => requireMemoryShape(shape)).toThrow(invalid);
  });
});
