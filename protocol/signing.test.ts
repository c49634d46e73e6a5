import { describe, expect, it } from 'vitest';
import { signingBytes } from './signing.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

describe('the bytes that are signed', () => {
  it('are the purpose, a line feed and canonical JSON (RFC 8785)', () => {
    const message = { nonce: 'no_1', cards: [{ model: 'Ä "x"\n', memoryBytes: 1e21 }], device: 'ab' };
    expect(text(signingBytes('enrol', message))).toBe(
      'touchstone/v1/enrol\n{"cards":[{"memoryBytes":1e+21,"model":"Ä \\"x\\"\\n"}],"device":"ab","nonce":"no_1"}',
    );
  });

  it('are the same in whatever order the fields came', () => {
    expect(signingBytes('session', { a: 1, b: { c: 2, d: 3 } })).toEqual(
      signingBytes('session', { b: { d: 3, c: 2 }, a: 1 }),
    );
  });

  it('are others for another purpose', () => {
    expect(signingBytes('enrol', { a: 1 })).not.toEqual(signingBytes('session', { a: 1 }));
  });
});
