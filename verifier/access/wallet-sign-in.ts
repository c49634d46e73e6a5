import { createSignInMessageText, verifySignIn } from '@solana/wallet-standard-util';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { fromHex, toHex } from '../../protocol/bytes.js';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HotState } from '../state/state.js';
import { bytesOfWallet } from './wallet-address.js';

/** Time to look at the message in the wallet and to sign it. */
const lifetimeMs = 5 * 60_000;
const statement = 'Sign in to Touchstone. This moves no funds and allows no transaction.';

/** What a wallet is asked to sign: the input of the wallet standard's `solana:signIn`. */
export const SignInInput = Type.Object({
  domain: Type.String(),
  address: Type.String(),
  statement: Type.String(),
  uri: Type.String(),
  version: Type.Literal('1'),
  nonce: Type.String({
    pattern: '^[0-9a-f]{32}$',
    description: 'Has no prefix: wallets want letters and digits',
  }),
  issuedAt: Type.String({ format: 'date-time' }),
  expirationTime: Type.String({ format: 'date-time' }),
});
export type SignInInput = Static<typeof SignInInput>;

const kept = Compile(SignInInput);

export interface WalletSignInParts {
  readonly state: Pick<HotState, 'put' | 'get' | 'take'>;
  readonly random: RandomBytes;
  readonly clock: Pick<Clock, 'now'>;
  /** Hosts of pages on which a wallet may be asked to sign in; the first where the page doesn't say. */
  readonly domains: () => readonly string[];
}

/**
 * Sign In With Solana: a wallet signs a message that names this service, and so shows who holds it. What it has to sign stands in
 * the hot state and not in the answer that comes back: nobody can bring another message than the one that was given out.
 */
export class WalletSignIn {
  readonly #parts: WalletSignInParts;

  constructor(parts: WalletSignInParts) {
    this.#parts = parts;
  }

  /**
   * @param address the wallet, base58
   * @param domain host of the page that asks, as the wallet will show it
   * @returns what the wallet is to sign, and the same as text for wallets that sign texts only
   * @throws TouchstoneError `wallet.address-invalid`, `signature.wrong-host`, `service.busy`
   */
  async challenge(address: string, domain?: string): Promise<{ input: SignInInput; message: string }> {
    bytesOfWallet(address);
    const { state, random, clock } = this.#parts;
    const host = this.#ownDomain(domain);
    const now = clock.now();
    const input: SignInInput = {
      domain: host,
      address,
      statement,
      uri: `${isLoopback(host) ? 'http' : 'https'}://${host}`,
      version: '1',
      nonce: toHex(random(16)),
      issuedAt: new Date(now).toISOString(),
      expirationTime: new Date(now + lifetimeMs).toISOString(),
    };
    await state.put(keyOf(input.nonce), JSON.stringify(input), lifetimeMs);
    return { input, message: createSignInMessageText(input) };
  }

  /**
   * @param nonce of the challenge; a right signature uses it up
   * @param signature Ed25519 over the message, 128 hexadecimal digits
   * @returns the wallet that signed
   * @throws TouchstoneError `nonce.unknown`, `wallet.sign-in-refused`, `service.busy`
   */
  async accept(nonce: string, signature: string): Promise<string> {
    const { state, clock } = this.#parts;
    const input = readInput(await state.get(keyOf(nonce)));
    if (input === null || Date.parse(input.expirationTime) <= clock.now())
      throw new TouchstoneError('nonce.unknown');
    if (!isSignedIn(input, fromHex(signature))) throw new TouchstoneError('wallet.sign-in-refused');
    // Of two who bring the same signature one is late.
    if ((await state.take(keyOf(nonce))) === null) throw new TouchstoneError('nonce.unknown');
    return input.address;
  }

  #ownDomain(asked: string | undefined): string {
    const domains = this.#parts.domains();
    const domain = asked ?? domains[0];
    if (domain !== undefined && domains.includes(domain)) return domain;
    throw new TouchstoneError('signature.wrong-host', `Wallets sign in here for ${domains.join(' or ')}.`);
  }
}

function isSignedIn(input: SignInInput, signature: Uint8Array): boolean {
  // The library checks by the key that it is given: it has to be the address's own.
  const publicKey = bytesOfWallet(input.address);
  const signedMessage = new TextEncoder().encode(createSignInMessageText(input));
  const account = { address: input.address, publicKey, chains: [], features: [] };
  try {
    return verifySignIn(input, { account, signedMessage, signature });
  } catch {
    // An address that is no point of the curve.
    return false;
  }
}

function readInput(text: string | null): SignInInput | null {
  const input: unknown = text === null ? null : JSON.parse(text);
  return kept.Check(input) ? (input as SignInInput) : null;
}

const keyOf = (nonce: string): string => `wallet-challenge/${nonce}`;

const isLoopback = (host: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/.test(host);
