const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/**
 * The 32 bytes of a hash in Solana's base58.
 *
 * @returns null where the text is anything else
 */
export function base58Hash(text: string): Uint8Array | null {
  // 44 digits hold 257 bits: a longer text is no hash, whatever it says.
  if (text.length > 44) return null;
  let value = 0n;
  for (const digit of text) {
    const at = alphabet.indexOf(digit);
    if (at === -1) return null;
    value = value * 58n + BigInt(at);
  }
  // Each leading zero byte is one leading '1'.
  const zeros = text.length - text.replace(/^1+/, '').length;
  const hex = value === 0n ? '' : value.toString(16);
  const bytes = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return zeros + bytes.length === 32 ? new Uint8Array(Buffer.concat([Buffer.alloc(zeros), bytes])) : null;
}
