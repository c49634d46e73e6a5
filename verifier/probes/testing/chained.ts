import { expect } from 'vitest';
import { fromHex, toHex } from '../../../protocol/bytes.js';
import { firstTag, hashOf, nextTag, probeSeed } from '../../../protocol/transcript.js';
import type { ProbeFact } from '../../../scoring/facts/timelock.js';
import { device } from './probed-card.js';

/** Every entry follows from the one before, and none is missing. */
export function expectChained(facts: readonly ProbeFact[]): void {
  const tags = new Map<string, { index: number; tag: Uint8Array }>();
  for (const { transcript, index, tag, root, seed, beacon } of facts) {
    const last = tags.get(transcript) ?? { index: 0, tag: firstTag(device, 0, transcript) };
    expect(index).toBe(last.index + 1);
    const value = beacon === null ? new Uint8Array(32) : fromHex(beacon.value);
    const key = hashOf('test key', device, transcript);
    expect(seed).toBe(toHex(probeSeed(key, 0, index, last.tag, value)));
    expect(tag).toBe(toHex(nextTag(last.tag, index, fromHex(root))));
    tags.set(transcript, { index, tag: fromHex(tag) });
  }
}
