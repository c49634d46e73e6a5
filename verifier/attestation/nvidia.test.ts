import { createHash, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { TouchstoneError } from '../../protocol/error.js';
import { nvidiaScheme } from './nvidia.js';
import {
  type Chain,
  type ChainOptions,
  certify,
  chainOf,
  type ReportFields,
  reportOf,
  unsignedReport,
} from './testing/vendor.js';

const nonce = new Uint8Array(32).fill(7);
const now = Date.now();
const day = 24 * 3600_000;

let chain: Chain;
let report: Uint8Array;
beforeAll(async () => {
  chain = await chainOf();
  report = await reportOf(chain.chip, nonce);
});

const rootsOf = (...chains: Chain[]) => chains.map(({ root }) => new X509Certificate(root.pem));

/** The code with which evidence is refused; null where it is accepted. */
function verdictOn(
  evidence: { report?: Uint8Array; certificates?: string },
  asked: { nonce?: Uint8Array; now?: number; chain?: Chain } = {},
): string | null {
  const scheme = nvidiaScheme(rootsOf(asked.chain ?? chain));
  try {
    scheme.verify({ report, certificates: chain.pem, ...evidence }, asked.nonce ?? nonce, asked.now ?? now);
    return null;
  } catch (error) {
    if (error instanceof TouchstoneError) return error.code;
    throw error;
  }
}

/** The same of a whole chain that is otherwise, with a report of its chip. */
async function verdictOnChain(changes: ChainOptions): Promise<string | null> {
  const other = await chainOf(changes);
  return verdictOn({ report: await reportOf(other.chip, nonce), certificates: other.pem }, { chain: other });
}

describe('a report that a chip has signed over our challenge', () => {
  it('names the chip, with and without the root among its certificates', () => {
    const leaf = new X509Certificate(chain.chip.pem);
    const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
    const attested = {
      vendor: 'nvidia',
      chip: 'GH100',
      key: sha256(leaf.publicKey.export({ type: 'spki', format: 'der' })),
      report: sha256(report),
    };
    for (const certificates of [chain.pem, `${chain.pem}\n${chain.root.pem}\n`]) {
      const scheme = nvidiaScheme(rootsOf(chain));
      expect(scheme.verify({ report, certificates }, nonce, now)).toEqual(attested);
    }
  });

  it('may be of another size, as of chips that measure less or say more', async () => {
    const small = await reportOf(chain.chip, nonce, { blocks: 1, opaque: new Uint8Array(0) });
    const large = await reportOf(chain.chip, nonce, { opaque: new Uint8Array(1024) });
    expect([small, large].map((one) => verdictOn({ report: one }))).toEqual([null, null]);
  });
});

describe('a report that is not taken', () => {
  it('is over another challenge: of another exam, or of another device', () => {
    expect(verdictOn({}, { nonce: new Uint8Array(32).fill(8) })).toBe('attestation.wrong-signature');
  });

  it('is signed by another chip, or not at all', async () => {
    const other = await chainOf();
    const foreign = await reportOf(other.chip, nonce);
    expect(verdictOn({ report: foreign })).toBe('attestation.wrong-signature');
    const unsigned = new Uint8Array([...unsignedReport(nonce), ...new Uint8Array(96)]);
    expect(verdictOn({ report: unsigned })).toBe('attestation.wrong-signature');
  });

  it('has a challenge put over one that was signed', async () => {
    const old = await reportOf(chain.chip, new Uint8Array(32).fill(1));
    old.set(nonce, 4);
    expect(verdictOn({ report: old })).toBe('attestation.wrong-signature');
  });

  it('is cut off anywhere, or has something behind it', () => {
    for (let length = 0; length < report.length; length += 1)
      expect(verdictOn({ report: report.subarray(0, length) })).toBe('attestation.unreadable');
    expect(verdictOn({ report: new Uint8Array([...report, 0]) })).toBe('attestation.unreadable');
  });

  it('is of another version or form, though it is signed', async () => {
    const forms: Partial<ReportFields>[] = [
      { requestVersion: 0x12 },
      { responseVersion: 0x10 },
      { requestCode: 0x81 },
      { responseCode: 0x7f },
      { signatureAsked: false },
      { blocksSaid: 63 },
      { blocks: 0 },
      { specification: 2 },
    ];
    for (const form of forms) {
      const other = await reportOf(chain.chip, nonce, form);
      expect([form, verdictOn({ report: other })]).toEqual([form, 'attestation.unreadable']);
    }
  });
});

describe('certificates that are not trusted', () => {
  it('lead to a root that the operator has not given, or to none', async () => {
    const other = await chainOf();
    expect(verdictOn({}, { chain: other })).toBe('attestation.untrusted');
    const [leaf = ''] = chain.pem.split(/(?<=END CERTIFICATE-----)/);
    expect(verdictOn({ certificates: leaf })).toBe('attestation.untrusted');
  });

  it("have ended, or not begun: the card's own, an authority's, or the root's", async () => {
    const ended = { from: now - 2 * day, to: now - day };
    for (const place of ['chip', 'authority', 'root'] as const)
      expect([place, await verdictOnChain({ [place]: ended })]).toEqual([place, 'attestation.untrusted']);
    expect(await verdictOnChain({ chip: { from: now + day } })).toBe('attestation.untrusted');
    expect(verdictOn({}, { now: now + 400 * day })).toBe('attestation.untrusted');
  });

  it('make an authority of a card, or a card of an authority', async () => {
    expect(await verdictOnChain({ chip: { ca: true } })).toBe('attestation.untrusted');
    expect(await verdictOnChain({ authority: { ca: false, maySign: true } })).toBe('attestation.untrusted');
    expect(await verdictOnChain({ authority: { maySign: false } })).toBe('attestation.untrusted');
    expect(await verdictOnChain({ root: { ca: false, maySign: true } })).toBe('attestation.untrusted');
  });

  it('have another kind of key, anywhere', async () => {
    for (const place of ['authority', 'root'] as const)
      expect(await verdictOnChain({ [place]: { curve: 'P-256' } })).toBe('attestation.untrusted');
    const small = await chainOf({ chip: { curve: 'P-256' } });
    const padded = new Uint8Array([...unsignedReport(nonce), ...new Uint8Array(96)]);
    expect(verdictOn({ report: padded, certificates: small.pem }, { chain: small })).toBe(
      'attestation.untrusted',
    );
  });

  it('say that one issued them who did not sign them', async () => {
    const forger = await certify({ name: 'CN=Test Device Identity CA', issuer: null, ca: true });
    expect(
      await verdictOnChain({ chip: { issuer: forger, issuerName: 'CN=GH100 A01 GSP BROM, O=Test' } }),
    ).toBe('attestation.untrusted');
    expect(await verdictOnChain({ chip: { issuerName: 'CN=Somebody' } })).toBe('attestation.untrusted');
  });

  it('name no chip', async () => {
    for (const name of [
      'CN=web.example',
      'O=GH100 A01 GSP FMC LF',
      'CN=NVIDIA GH100 A01',
      'CN=GH100 A, CN=GB100 B',
    ])
      expect([name, await verdictOnChain({ chip: { name } })]).toEqual([name, 'attestation.untrusted']);
  });

  it('are a root that would speak for a card by itself, whatever the operator took for one', async () => {
    const { root, chip } = chain;
    for (const own of [root, chip]) {
      const scheme = nvidiaScheme([new X509Certificate(own.pem)]);
      const evidence = { report: await reportOf(own, nonce), certificates: own.pem };
      expect(() => scheme.verify(evidence, nonce, now)).toThrow(TouchstoneError);
    }
  });

  it('are none, too many, or mixed with something else', () => {
    const many = Array(9).fill(chain.chip.pem).join('\n');
    const broken = chain.pem.replace('MII', 'AAA');
    for (const certificates of ['', 'x', `${chain.pem}\nand more`, many, broken])
      expect([certificates.slice(0, 9), verdictOn({ certificates })]).toEqual([
        certificates.slice(0, 9),
        'attestation.unreadable',
      ]);
  });
});

describe('evidence of any form', () => {
  it('is never accepted with one bit of the report turned over, and refused by a code', () => {
    fc.assert(
      fc.property(fc.nat(report.length * 8 - 1), (bit) => {
        const turned = report.slice();
        turned[bit >> 3] = (turned[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(verdictOn({ report: turned })).toMatch(/^attestation\./);
      }),
      { numRuns: 400 },
    );
  });

  it('is never accepted with one bit of a certificate turned over, and refused by a code', () => {
    const blocks = chain.pem.split(/(?<=END CERTIFICATE-----)/).filter((block) => block.trim() !== '');
    const ders = blocks.map((block) => new X509Certificate(block).raw);
    const pemOf = (der: Uint8Array) =>
      `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64')}\n-----END CERTIFICATE-----`;
    fc.assert(
      fc.property(fc.nat(ders.length - 1), fc.nat(8 * 4096), (which, at) => {
        const turned = ders.map((der, index) => {
          if (index !== which) return der;
          const copy = Uint8Array.from(der);
          const bit = at % (copy.length * 8);
          copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          return copy;
        });
        expect(verdictOn({ certificates: turned.map(pemOf).join('\n') })).toMatch(/^attestation\./);
      }),
      { numRuns: 400 },
    );
  });

  it('throws nothing else, whatever is sent', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.string({ maxLength: 200 }), (bytes, text) => {
        expect(verdictOn({ report: bytes })).toMatch(/^attestation\./);
        expect(verdictOn({ certificates: text })).toMatch(/^attestation\./);
        const wrapped = `-----BEGIN CERTIFICATE-----\n${Buffer.from(bytes).toString('base64')}\n-----END CERTIFICATE-----`;
        expect(verdictOn({ certificates: wrapped })).toMatch(/^attestation\./);
      }),
    );
  });
});
