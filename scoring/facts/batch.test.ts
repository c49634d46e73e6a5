import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchToken, placeInJournal } from './batch.js';

const journal = 'ab'.repeat(8);

describe('a place in a journal', () => {
  it('grows from fact to fact, over batches and segments, however a batch is sent', () => {
    const batches = fc.array(
      fc.record({ bytes: fc.array(fc.integer({ min: 2, max: 5000 }), { minLength: 1 }), next: fc.boolean() }),
    );
    fc.assert(
      fc.property(batches, fc.boolean(), (all, alone) => {
        let segment = 1;
        let from = 0;
        let last = -1;
        for (const { bytes, next } of all) {
          const to = from + bytes.reduce((a, b) => a + b, 0);
          for (const position of bytes.keys()) {
            const bounds = { journal, segment, from, to };
            const place = alone
              ? placeInJournal(batchToken(bounds, position), 0)
              : placeInJournal(batchToken(bounds), position);
            expect(place?.journal).toBe(journal);
            expect(place?.place).toBeGreaterThan(last);
            last = place?.place ?? Number.NaN;
          }
          segment += next ? 1 : 0;
          from = next ? 0 : to;
        }
      }),
    );
  });

  it('is the same for a fact, sent with its batch or alone', () => {
    const bounds = { journal, segment: 7, from: 100, to: 9000 };
    expect(placeInJournal(batchToken(bounds, 12), 0)).toEqual(placeInJournal(batchToken(bounds), 12));
  });

  it('is none where facts come from no journal', () => {
    expect(placeInJournal('some token', 0)).toBeNull();
  });
});
