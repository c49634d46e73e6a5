import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base58Hash } from './base58.js';
import { SolanaBeacon } from './solana.js';

const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** The other way, by the book. */
function base58(bytes: Uint8Array): string {
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex') || '0'}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = alphabet[Number(value % 58n)] + text;
  const zeros = bytes.findIndex((byte) => byte !== 0);
  return '1'.repeat(zeros === -1 ? bytes.length : zeros) + text;
}

const hash = 'EkSnNWid2cvwEVnVx9aBqawnmiCNiDgp3gUdkDPTKN1N';

describe('base58', () => {
  it('gives back every 32 bytes', () => {
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const few = fc
      .tuple(bytes32, fc.nat(32))
      .map(([bytes, zeros]) => bytes.map((b, i) => (i < zeros ? 0 : b)));
    fc.assert(
      fc.property(few, (bytes) => {
        expect(base58Hash(base58(bytes))).toEqual(bytes);
      }),
    );
  });

  it('takes nothing for a hash that is none', () => {
    expect(base58Hash(hash)).toHaveLength(32);
    expect(base58Hash('0OIl')).toBeNull();
    expect(base58Hash('')).toBeNull();
    expect(base58Hash(hash.slice(0, 40))).toBeNull();
    expect(base58Hash(`1${hash}`)).toBeNull();
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect([undefined, 32]).toContain(base58Hash(text)?.length);
      }),
    );
  });
});

function beaconOf(answers: (string | Error)[]) {
  let now = 0;
  let asked = 0;
  const warnings: unknown[] = [];
  const beacon = new SolanaBeacon({
    rpc: 'http://beacon.invalid',
    clock: { monotonic: () => now },
    log: { warn: (warning: unknown) => warnings.push(warning) },
    fetch: async () => {
      const answer = answers[asked++ % answers.length];
      if (answer instanceof Error || answer === undefined) throw answer;
      return new Response(answer);
    },
  });
  return {
    beacon,
    warnings,
    asked: () => asked,
    pass: (ms: number) => {
      now += ms;
    },
  };
}
const block = (blockhash: string, slot = 2792) =>
  JSON.stringify({
    jsonrpc: '2.0',
    result: { context: { slot }, value: { blockhash, lastValidBlockHeight: 3090 } },
    id: 1,
  });

describe('the beacon', () => {
  it('is the latest block hash, asked for once in five seconds', async () => {
    const { beacon, asked, pass } = beaconOf([block(hash)]);
    const value = Buffer.from(base58Hash(hash) ?? []).toString('hex');
    expect(await Promise.all([beacon.latest(), beacon.latest()])).toEqual(
      Array(2).fill({ source: 'solana', round: 2792, value }),
    );
    pass(4_999);
    await beacon.latest();
    expect(asked()).toBe(1);
    pass(1);
    await beacon.latest();
    expect(asked()).toBe(2);
  });

  it.each([
    ['is away', new Error('refused')],
    ['talks nonsense', 'hello'],
    ['has an error', '{"jsonrpc":"2.0","error":{"code":-32005},"id":1}'],
    ['has no hash', block('abc')],
    ['talks for ever', block(hash).padEnd(20_000)],
  ])('is nothing where it %s, and is left alone for a while', async (_, answer) => {
    const { beacon, asked, pass, warnings } = beaconOf([answer]);
    expect(await beacon.latest()).toBeNull();
    expect(warnings).toHaveLength(1);
    pass(29_000);
    expect(await beacon.latest()).toBeNull();
    expect(asked()).toBe(1);
    pass(1_000);
    await beacon.latest();
    expect(asked()).toBe(2);
  });
});
