import fc from 'fast-check';
import { expect, it } from 'vitest';
import { flipHighBits } from './zero-point.js';

it('makes each value the uint8 that stands for it plus 128, wherever it lies in memory', () => {
  fc.assert(
    fc.property(fc.int8Array({ maxLength: 40 }), fc.integer({ min: 0, max: 3 }), (values, offset) => {
      const from = new Int8Array(values.length + offset).subarray(offset);
      from.set(values);
      const to = new Uint8Array(values.length + offset).subarray(offset);
      flipHighBits(from, to);
      expect([...to]).toEqual([...values].map((value) => value + 128));
      flipHighBits(to, to);
      expect([...new Int8Array(to.buffer, to.byteOffset, to.length)]).toEqual([...values]);
    }),
  );
});
