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
export const ProbeId = Type.String({ pattern: '^pr_[0-9a-f]{32}$' });
export const LeaseId = Type.String({ pattern: '^le_[0-9a-f]{32}$' });
/** The key of a marketplace, an investigator or an operator. Only its hash is kept. */
export const ApiKey = Type.String({ pattern: '^ak_[0-9a-f]{64}$' });
/** What lets the tenant's witness speak for one lease. Only its hash is kept. */
export const WitnessToken = Type.String({ pattern: '^wt_[0-9a-f]{64}$' });
/** What the tags of a card are about: an hour of UTC, counted from 1970, or a lease. */
export const TranscriptId = Type.String({ pattern: '^(hr_[0-9]{1,9}|le_[0-9a-f]{32})$' });
/** One sweep: many devices that are asked at one instant. */
export const SweepId = Type.String({ pattern: '^sw_[0-9a-f]{32}$' });
/** One GPU id that several devices claim. */
export const DisputeId = Type.String({ pattern: '^di_[0-9a-f]{32}$' });
export const WebhookId = Type.String({ pattern: '^wh_[0-9a-f]{32}$' });
/** One verifier process, from its start to its end. */
export const VerifierId = Type.String({ pattern: '^ve_[0-9a-f]{16}$' });
/** A Solana address: 32 bytes in base58. */
export const WalletAddress = Type.String({ pattern: '^[1-9A-HJ-NP-Za-km-z]{32,44}$' });
export const Nonce = Type.String({ pattern: '^no_[0-9a-f]{32}$' });
export const SessionToken = Type.String({ pattern: '^se_[0-9a-f]{64}$' });
/** What stands for a wallet that has signed in. Only its hash is kept. */
export const WalletToken = Type.String({ pattern: '^ws_[0-9a-f]{64}$' });

export const newExamId = (random: RandomBytes): string => `ex_${toHex(random(16))}`;
export const newFactId = (random: RandomBytes): string => `fa_${toHex(random(16))}`;
export const newProbeId = (random: RandomBytes): string => `pr_${toHex(random(16))}`;
export const newLeaseId = (random: RandomBytes): string => `le_${toHex(random(16))}`;
export const newApiKey = (random: RandomBytes): string => `ak_${toHex(random(32))}`;
export const newNonce = (random: RandomBytes): string => `no_${toHex(random(16))}`;
export const newSessionToken = (random: RandomBytes): string => `se_${toHex(random(32))}`;
export const newWalletToken = (random: RandomBytes): string => `ws_${toHex(random(32))}`;
export const newSweepId = (random: RandomBytes): string => `sw_${toHex(random(16))}`;
export const newWebhookId = (random: RandomBytes): string => `wh_${toHex(random(16))}`;
export const newVerifierId = (random: RandomBytes): string => `ve_${toHex(random(8))}`;
/** The transcript of the hour that holds an instant. @param at milliseconds since 1970 UTC */
export const hourTranscript = (at: number): string => `hr_${Math.floor(at / 3600_000)}`;
