import bs58 from 'bs58';
import { toHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { isLowOrder } from '../identity/low-order.js';

/**
 * The 32 bytes of a Solana address. They need not be a public key: the address of a vault of several owners is none, and may
 * earn all the same. A key of low order is refused: it signs everything, so whoever shows a signature under it has shown nothing.
 *
 * @throws TouchstoneError `wallet.address-invalid`
 */
export function bytesOfWallet(address: string): Uint8Array {
  const bytes = bs58.decodeUnsafe(address);
  if (bytes?.length !== 32 || isLowOrder(toHex(bytes))) throw new TouchstoneError('wallet.address-invalid');
  return bytes;
}
