import { Type } from 'typebox';
import { toHex } from './bytes.js';
import type { RandomBytes } from './clock.js';

/** A device's Ed25519 public key, 64 lower-case hexadecimal digits, is its id. */
export const DeviceId = Type.String({
  pattern: '^[0-9a-f]{64}$',
  description: 'Ed25519 public key, hexadecimal',
});

/** 32 secret or public bytes in hexadecimal: a seed, a root, a hash. */
export const Hex32 = Type.String({ pattern: '^[0-9a-f]{64}$' });

/** Ed25519 signature, 64 bytes in hexadecimal. */
export const Signature = Type.String({ pattern: '^[0-9a-f]{128}$' });

/** 16 random bytes in hexadecimal, with a prefix that says of what. */
export const ExamId = Type.String({ pattern: '^ex_[0-9a-f]{32}$' });
export const FactId = Type.String({ pattern: '^fa_[0-9a-f]{32}$' });
export const Nonce = Type.String({ pattern: '^no_[0-9a-f]{32}$' });
export const SessionToken = Type.String({ pattern: '^se_[0-9a-f]{64}$' });

export const newExamId = (random: RandomBytes): string => `ex_${toHex(random(16))}`;
export const newFactId = (random: RandomBytes): string => `fa_${toHex(random(16))}`;
export const newNonce = (random: RandomBytes): string => `no_${toHex(random(16))}`;
export const newSessionToken = (random: RandomBytes): string => `se_${toHex(random(32))}`;
