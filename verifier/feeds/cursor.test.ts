import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCursor, within, writeCursor } from './cursor.js';

const journal = fc.stringMatching(/^[0-9a-f]{16}$/);
const place = fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
const cursor = fc.array(fc.tuple(journal, place), { maxLength: 20 }).map((entries) => new Map(entries));

describe('a cursor', () => {
  it('comes back from its text, which is one header value', () => {
    fc.assert(
      fc.property(cursor, (one) => {
        const text = writeCursor(one);
        expect(readCursor(text)).toEqual(new Map([...one].sort()));
        expect(text).toMatch(/^[0-9a-z.~]+$/);
      }),
    );
  });

  it('has one text, in whatever order it was made', () => {
    fc.assert(
      fc.property(cursor, (one) => {
        expect(writeCursor(new Map([...one].reverse()))).toBe(writeCursor(one));
      }),
    );
  });

  it('is refused where it is none, whatever it is', () => {
    for (const text of [
      '',
      '2',
      '1~',
      '1~a',
      '1~a.zzzzzzzzzzz',
      '1~a.1~a.1',
      '1~A.1',
      `1~${'a'.repeat(9000)}.1`,
    ])
      expect(() => readCursor(text), text).toThrow(expect.objectContaining({ code: 'feed.cursor-invalid' }));
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          readCursor(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'feed.cursor-invalid' });
        }
      }),
    );
  });

  it('never leads beyond the record, nor to journals that it does not know', () => {
    fc.assert(
      fc.property(cursor, cursor, (asked, ends) => {
        const held = within(asked, ends);
        expect([...held.keys()].sort()).toEqual([...ends.keys()].sort());
        for (const [name, end] of ends) expect(held.get(name)).toBe(Math.min(end, asked.get(name) ?? 0));
      }),
    );
  });
});
