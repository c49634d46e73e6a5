import { type Static, Type } from 'typebox';
import { ExamId, Hex32 } from '../ids.js';
import { limits } from '../limits.js';

const Milliseconds = Type.Integer({ minimum: 0, maximum: 60_000 });
const Bytes = Type.Integer({ minimum: 0, maximum: limits.transferBytes });

// The network exam (docs/protocol.md section 6) belongs to a device, not to a card. Its bytes travel in binary frames of
// the same connection; nothing else does.

/**
 * Verifier → agent: binary frames follow, `bytes` in all unless the time ends before. After each `reportBytes`, and after
 * the last byte, answer `network.received` with all bytes so far and their hash.
 */
export const NetworkDownload = Type.Object({
  type: Type.Literal('network.download'),
  exam: ExamId,
  bytes: Bytes,
  reportBytes: Type.Integer({ minimum: 1024, maximum: limits.transferBytes }),
});
export type NetworkDownload = Static<typeof NetworkDownload>;

/** Verifier → agent: send `stream(seed, "upload")`, `bytes` of it, in binary frames of at most 64 KiB; stop after `withinMs`. */
export const NetworkUpload = Type.Object({
  type: Type.Literal('network.upload'),
  exam: ExamId,
  seed: Hex32,
  bytes: Bytes,
  withinMs: Milliseconds,
});
export type NetworkUpload = Static<typeof NetworkUpload>;

/** Agent → verifier: so many bytes of the download have come, and this is the SHA-256 of all of them. */
export const NetworkReceived = Type.Object(
  { type: Type.Literal('network.received'), exam: ExamId, bytes: Bytes, sha256: Hex32 },
  { additionalProperties: false },
);
export type NetworkReceived = Static<typeof NetworkReceived>;
