import nacl from 'tweetnacl';
import { expect, it } from 'vitest';
import { toHex } from '../../protocol/bytes.js';
import { type SigningPurpose, signingBytes } from '../../protocol/signing.js';
import { nobody } from '../../scoring/facts/base.js';
import { isSigned } from './signatures.js';

function newIdentity() {
  const pair = nacl.sign.keyPair();
  return {
    device: toHex(pair.publicKey),
    sign: (purpose: SigningPurpose, message: Record<string, unknown>) =>
      toHex(nacl.sign.detached(signingBytes(purpose, message), pair.secretKey)),
  };
}

const signed = (device: string, signature: string) => ({ device, nonce: 'no_1', signature });

it('takes a signature by the key that the message names, and no other', () => {
  const [one, other] = [newIdentity(), newIdentity()];
  const signature = one.sign('session', { device: one.device, nonce: 'no_1' });
  expect(isSigned('session', signed(one.device, signature))).toBe(true);
  expect(isSigned('enrol', signed(one.device, signature))).toBe(false);
  expect(isSigned('session', signed(other.device, signature))).toBe(false);
});

it('takes nothing from a key that anybody can sign for, nor from nobody', () => {
  // The point of order one: R = key and s = 0 fit every message.
  const weak = `01${'0'.repeat(62)}`;
  expect(isSigned('enrol', signed(weak, weak + '0'.repeat(64)))).toBe(false);
  for (let count = 0; count < 64; count++) {
    // Under the point of order four one in four random messages fits, so nobody's own turn comes soon.
    const message = { ...signed(nobody, `01${'0'.repeat(126)}`), count };
    expect(isSigned('enrol', message)).toBe(false);
  }
});
