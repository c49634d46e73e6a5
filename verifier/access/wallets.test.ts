import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { verifySignIn } from '@solana/wallet-standard-util';
import bs58 from 'bs58';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { MemoryState } from '../state/memory.js';
import { WalletSessions } from './wallet-sessions.js';
import { WalletSignIn } from './wallet-sign-in.js';

const minute = 60_000;
let now: number;
let state: MemoryState;
let signIn: WalletSignIn;
let sessions: WalletSessions;
const clock = { now: () => 1_770_000_000_000 + now, monotonic: () => now };
const random = (length: number) => new Uint8Array(randomBytes(length));
beforeEach(() => {
  now = 0;
  state = new MemoryState(clock);
  signIn = new WalletSignIn({
    state,
    random,
    clock,
    domains: () => ['touchstone.example', 'localhost:8440'],
  });
  sessions = new WalletSessions(state, random, clock);
});

/** A wallet as a browser has one: a key that signs a text that it shows. */
function makeWallet() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
  return {
    address: bs58.encode(bytes),
    publicKey: new Uint8Array(bytes),
    sign: (message: string) => sign(null, Buffer.from(message), privateKey).toString('hex'),
  };
}

describe('a wallet', () => {
  it('signs in with the message that names this service, this wallet and a time', async () => {
    const wallet = makeWallet();
    const { input, message } = await signIn.challenge(wallet.address);
    expect(message.split('\n').slice(0, 2)).toEqual([
      'touchstone.example wants you to sign in with your Solana account:',
      wallet.address,
    ]);
    expect(message).toContain(`Nonce: ${input.nonce}`);
    expect(Date.parse(input.expirationTime) - clock.now()).toBe(5 * minute);
    expect(await signIn.accept(input.nonce, wallet.sign(message))).toBe(wallet.address);
  });

  it('makes, by the wallet standard, what a page would check as well', async () => {
    const wallet = makeWallet();
    const { input, message } = await signIn.challenge(wallet.address, 'localhost:8440');
    expect(input.uri).toBe('http://localhost:8440');
    const { address, publicKey } = wallet;
    const account = { address, publicKey, chains: [], features: [] };
    const signature = new Uint8Array(Buffer.from(wallet.sign(message), 'hex'));
    const signedMessage = new TextEncoder().encode(message);
    expect(verifySignIn(input, { account, signedMessage, signature })).toBe(true);
  });

  it('signs in once by one signature, however many bring it', async () => {
    const wallet = makeWallet();
    const { input, message } = await signIn.challenge(wallet.address);
    const signature = wallet.sign(message);
    const tried = await Promise.allSettled(
      Array.from({ length: 5 }, () => signIn.accept(input.nonce, signature)),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(signIn.accept(input.nonce, signature)).rejects.toMatchObject({ code: 'nonce.unknown' });
  });

  it('is too late after five minutes', async () => {
    const wallet = makeWallet();
    const { input, message } = await signIn.challenge(wallet.address);
    now += 5 * minute;
    await expect(signIn.accept(input.nonce, wallet.sign(message))).rejects.toMatchObject({
      code: 'nonce.unknown',
    });
  });

  it('is not signed in by anything else', async () => {
    const [wallet, other] = [makeWallet(), makeWallet()];
    const { input, message } = await signIn.challenge(wallet.address);
    const elsewhere = await signIn.challenge(wallet.address, 'localhost:8440');
    const wrong = [
      other.sign(message),
      wallet.sign(elsewhere.message),
      wallet.sign(message.replace('touchstone.example', 'evil.example')),
      wallet.sign(message.replace(wallet.address, other.address)),
      wallet.sign(`${message}\nRequest ID: 1`),
      '0'.repeat(128),
    ];
    for (const signature of wrong)
      await expect(signIn.accept(input.nonce, signature)).rejects.toMatchObject({
        code: 'wallet.sign-in-refused',
      });
    // What was refused has not used it up.
    expect(await signIn.accept(input.nonce, wallet.sign(message))).toBe(wallet.address);
    await expect(signIn.accept('0'.repeat(32), wallet.sign(message))).rejects.toMatchObject({
      code: 'nonce.unknown',
    });
  });

  it('is asked on pages of this service only', async () => {
    await expect(signIn.challenge(makeWallet().address, 'evil.example')).rejects.toMatchObject({
      code: 'signature.wrong-host',
    });
  });

  it.each([
    ['no base58', '0'.repeat(44)],
    ['too short', bs58.encode(randomBytes(31))],
    ['too long', bs58.encode(randomBytes(33))],
    // Under which everybody can sign: the system program's address is one.
    ['a key of low order', '1'.repeat(32)],
    ['another one', bs58.encode(Buffer.from(`01${'00'.repeat(31)}`, 'hex'))],
  ])('has an address: %s is none', async (_, address) => {
    await expect(signIn.challenge(address)).rejects.toMatchObject({ code: 'wallet.address-invalid' });
  });

  it('whose address is no point of the curve signs nothing', async () => {
    const address = bs58.encode(Buffer.from(`${'ff'.repeat(31)}3f`, 'hex'));
    const { input } = await signIn.challenge(address);
    await expect(signIn.accept(input.nonce, '0'.repeat(128))).rejects.toMatchObject({
      code: 'wallet.sign-in-refused',
    });
  });
});

describe("a wallet's sessions", () => {
  const headerOf = ({ token }: { token: string }) => `Bearer ${token}`;
  const [ours, theirs] = [makeWallet().address, makeWallet().address];

  it('are several at a time, for four hours each', async () => {
    const first = await sessions.open(ours);
    now += 3 * 60 * minute;
    const second = await sessions.open(ours);
    for (const session of [first, second]) expect(await sessions.walletOf(headerOf(session))).toBe(ours);
    now += 2 * 60 * minute;
    await expect(sessions.walletOf(headerOf(first))).rejects.toMatchObject({ code: 'session.invalid' });
    expect(await sessions.walletOf(headerOf(second))).toBe(ours);
  });

  it('all end when one of them signs out, and nobody else’s', async () => {
    const [leaked, own, other] = [
      await sessions.open(ours),
      await sessions.open(ours),
      await sessions.open(theirs),
    ];
    await sessions.signOut(ours);
    for (const session of [leaked, own])
      await expect(sessions.walletOf(headerOf(session))).rejects.toMatchObject({ code: 'session.invalid' });
    expect(await sessions.walletOf(headerOf(other))).toBe(theirs);
    expect(await sessions.walletOf(headerOf(await sessions.open(ours)))).toBe(ours);
    await expect(sessions.walletOf(headerOf(leaked))).rejects.toMatchObject({ code: 'session.invalid' });
  });

  it.each([undefined, 'Bearer', `Bearer ws_${'0'.repeat(64)}`, `Bearer se_${'0'.repeat(64)}`])(
    'are not guessed: %s',
    async (header) => {
      await sessions.open(ours);
      await expect(sessions.walletOf(header)).rejects.toMatchObject({ code: 'session.invalid' });
    },
  );

  it('are kept as hashes', async () => {
    const put = vi.spyOn(state, 'put');
    const { token } = await sessions.open(ours);
    const kept = put.mock.calls.flat();
    expect(kept.length).toBeGreaterThan(1);
    expect(kept.join()).not.toContain(token.slice(3));
  });
});
