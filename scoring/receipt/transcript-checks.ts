import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Receipt, ReceiptCard } from '../../protocol/messages/receipt.js';
import { firstTag, keyCommitment, nextTag, noRoot, probeSeed } from '../../protocol/transcript.js';
import { checkOf, faultsOfCards, faultsOfEntries, type ReceiptCheck } from './receipt-check.js';

/** The tag before the first entry of a card, hexadecimal. */
export const firstTagOf = ({ device, lease }: Receipt, card: number): string =>
  toHex(firstTag(device, card, lease));

/** Indices have no holes, and each tag follows from the one before and the root: `H(tag ‖ u32(i) ‖ root)`. */
export function checkTags(receipt: Receipt): ReceiptCheck {
  const count = receipt.cards.reduce((sum, { entries }) => sum + entries.length, 0);
  return checkOf(
    'tags',
    `${count} entries follow from each other`,
    faultsOfCards(receipt, (card) =>
      faultsOfEntries(card, ({ index, root, tag }, at) => {
        if (index !== at + 1) return [`stands at place ${at + 1}`];
        const expected = toHex(nextTag(fromHex(tagBefore(receipt, card, at)), index, fromHex(root)));
        return [tag !== expected && 'has a tag that does not follow from its root and the tag before'];
      }),
    ),
  );
}

/** The key that is shown is the one that was committed to before the first probe. */
export function checkKey({ key, commitment, state }: Receipt): ReceiptCheck {
  if (key === null) {
    const missing = state === 'ended' ? ['the lease has ended, and the key is not shown'] : [];
    return checkOf('key', 'not shown while the lease goes on', missing);
  }
  const right = toHex(keyCommitment(fromHex(key))) === commitment;
  return checkOf(
    'key',
    'is what was committed to when the lease was made',
    right ? [] : ['the key is not the one that was committed to'],
  );
}

/** Each probe's seed follows from the key, the tag before it and the beacon: nobody chose it. */
export function checkSeeds(receipt: Receipt): ReceiptCheck {
  const { key } = receipt;
  if (key === null) return checkOf('seeds', 'cannot be checked until the key is shown', []);
  return checkOf(
    'seeds',
    'all follow from the key, the tags before and the beacons',
    faultsOfCards(receipt, (card) =>
      faultsOfEntries(card, ({ kind, index, seed, beacon }, at) => {
        if (kind !== 'probe' || seed === null) return [];
        const previous = fromHex(tagBefore(receipt, card, at));
        const random = beacon === null ? noRoot : fromHex(beacon.value);
        const expected = toHex(probeSeed(fromHex(key), card.card, index, previous, random));
        return [seed !== expected && 'has a seed that does not follow'];
      }),
    ),
  );
}

const tagBefore = (receipt: Receipt, { card, entries }: ReceiptCard, at: number): string =>
  entries[at - 1]?.tag ?? firstTagOf(receipt, card);
