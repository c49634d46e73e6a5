import { homedir } from 'node:os';
import { join } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';

/** `--verifier <url>`, or `TOUCHSTONE_VERIFIER`. */
export const verifierOption = (): Option =>
  new Option('--verifier <url>', 'address of the verifier').env('TOUCHSTONE_VERIFIER').argParser(httpUrl);

/** `--key <hex>`: whose receipts are relied on. Without it a receipt only agrees with itself. */
export const issuerOption = (): Option =>
  new Option(
    '--key <hex>',
    "the verifier's public key: `key` of its GET /v1/verifier, kept from before the lease; the receipt must be by it",
  )
    .env('TOUCHSTONE_VERIFIER_KEY')
    .argParser(publicKey);

/** `--data <dir>`: what a verifier keeps. */
export const dataOption = (): Option =>
  new Option('--data <dir>', 'journal, keys and embedded database').default(
    join(homedir(), '.touchstone', 'verifier'),
  );

/** The argument as an address that HTTP can reach. @throws InvalidArgumentError */
export function httpUrl(text: string): URL {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new InvalidArgumentError('It must be an http: or https: address.');
}

function publicKey(text: string): string {
  const key = text.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(key)) return key;
  throw new InvalidArgumentError('It must have 64 hexadecimal digits.');
}
