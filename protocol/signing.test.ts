import nacl from 'tweetnacl';
import { describe, expect, it } from 'vitest';
import { toHex } from './bytes.js';
import { isSignedBy, signingBytes } from './signing.js';

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

describe('a signature', () => {
  const pair = nacl.sign.keyPair.fromSeed(new Uint8Array(32).fill(7));
  const key = toHex(pair.publicKey);
  const message = { lease: 'le_1', load: 0.5 };
  const signature = toHex(nacl.sign.detached(signingBytes('witness', message), pair.secretKey));

  it('is right for its key, purpose and message alone', () => {
    expect(isSignedBy(key, 'witness', { load: 0.5, lease: 'le_1' }, signature)).toBe(true);
    expect(isSignedBy(key, 'receipt', message, signature)).toBe(false);
    expect(isSignedBy(key, 'witness', { ...message, load: 0.6 }, signature)).toBe(false);
    expect(isSignedBy('ab'.repeat(32), 'witness', message, signature)).toBe(false);
  });

  it('is wrong, and throws nothing, where key, message or signature are none', () => {
    expect(isSignedBy('key', 'witness', message, signature)).toBe(false);
    expect(isSignedBy(key, 'witness', message, 'zz')).toBe(false);
    expect(isSignedBy(key, 'witness', { load: Number.NaN }, signature)).toBe(false);
  });

  it('has one form only: the same with the order of the group added to it is none', () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const bytes = Uint8Array.from(Buffer.from(signature, 'hex'));
    let s = 0n;
    for (let at = 63; at >= 32; at--) s = s * 256n + BigInt(bytes[at] as number);
    for (let at = 32, rest = s + order; at < 64; at++, rest >>= 8n) bytes[at] = Number(rest & 255n);
    expect(isSignedBy(key, 'witness', message, toHex(bytes))).toBe(false);
  });
});
