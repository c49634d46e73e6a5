import type { WitnessStatement } from '../../protocol/messages/lease.js';
import type { Receipt, ReceiptCard } from '../../protocol/messages/receipt.js';
import { isSignedBy } from '../../protocol/signing.js';
import { checkOf, faultsOfCards, type ReceiptCheck } from './receipt-check.js';
import { firstTagOf } from './transcript-checks.js';

/** All fields but the signature are signed by the key that the receipt names as the verifier's. */
export function checkVerifierSignature({ signature, ...signed }: Receipt): ReceiptCheck {
  const right = isSignedBy(signed.verifier, 'receipt', signed, signature);
  return checkOf(
    'signature',
    `by ${signed.verifier} over all fields`,
    right ? [] : ['is not by the verifier that the receipt names, or a field was changed'],
  );
}

/** Anybody can make a key and sign with it: it has to be the key of the verifier that one relies on. */
export function checkIssuer({ verifier }: Receipt, expected: string): ReceiptCheck {
  return checkOf(
    'issuer',
    'is the verifier that was asked for',
    verifier === expected ? [] : [`is signed by ${verifier}, not by ${expected}`],
  );
}

/** The device has signed the transcript as far as its last passed probe. */
export function checkDeviceSignatures(receipt: Receipt): ReceiptCheck {
  return checkOf(
    'device',
    'has signed each transcript up to its last passed probe',
    faultsOfCards(receipt, (card) => deviceFaults(receipt, card)),
  );
}

function deviceFaults({ device, lease }: Receipt, { card, entries, deviceSigned }: ReceiptCard): string[] {
  const passed = entries.findLast(({ kind, outcome }) => kind === 'probe' && outcome === 'passed');
  if (deviceSigned === null)
    return passed ? [`entry ${passed.index} has passed, and the device has signed none`] : [];
  const { index, tag, signature } = deviceSigned;
  if (entries[index - 1]?.tag !== tag)
    return [`the device has signed another tag than that of entry ${index}`];
  const signed = { device, card, transcript: lease, index, tag };
  if (!isSignedBy(device, 'transcript', signed, signature))
    return [`the signature of entry ${index} is wrong`];
  return passed && passed.index > index ? [`entry ${passed.index} has passed after the last signed one`] : [];
}

/** What the witness had seen of the transcript stands in it, and all of its statements are by one key. */
export function checkWitness(receipt: Receipt): ReceiptCheck {
  const { witness } = receipt;
  if (witness.length === 0) return checkOf('witness', 'no witness has spoken', []);
  return checkOf(
    'witness',
    `statements: ${witness.length}, all by ${witness[0]?.key}`,
    witness.flatMap((statement, at) =>
      witnessFaults(receipt, statement).map((fault) => `statement ${at + 1} ${fault}`),
    ),
  );
}

function witnessFaults(receipt: Receipt, { signature, ...statement }: WitnessStatement): string[] {
  const { key, ...fields } = statement;
  if (key !== receipt.witness[0]?.key) return ['is by another key'];
  if (statement.lease !== receipt.lease) return ['is about another lease'];
  if (!isSignedBy(key, 'witness', statement, signature)) return ['has a wrong signature'];
  const { card, index, tag } = fields;
  const entries = receipt.cards.find((known) => known.card === card)?.entries;
  if (entries === undefined) return [`is about card ${card}, which is not in the receipt`];
  const stands = index === 0 ? firstTagOf(receipt, card) : entries[index - 1]?.tag;
  return stands === tag ? [] : [`has seen another entry ${index} of card ${card} than the receipt has`];
}
