import 'reflect-metadata';
import { KeyObject, sign, webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

// A vendor of chips for tests: real keys, real certificates, real signatures.

type Curve = 'P-384' | 'P-256';
const day = 24 * 3600_000;

/** A certificate with its key. */
export interface Certified {
  readonly name: string;
  readonly pem: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

export interface CertifiedOptions {
  readonly name: string;
  /** Null where it signs for itself. */
  readonly issuer: Certified | null;
  readonly ca: boolean;
  readonly curve?: Curve;
  /** Milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  /** What stands for its issuer, where that is not who has signed. */
  readonly issuerName?: string;
  /** Whether an authority may sign certificates. */
  readonly maySign?: boolean;
}

let serials = 1;

export async function certify(options: CertifiedOptions): Promise<Certified> {
  const { name, issuer, ca, curve = 'P-384', maySign = ca } = options;
  const now = Date.now();
  const keys = (await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: curve }, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  const usage = maySign ? KeyUsageFlags.keyCertSign : KeyUsageFlags.digitalSignature;
  const extensions: Extension[] = [new KeyUsagesExtension(usage, true)];
  if (ca) extensions.push(new BasicConstraintsExtension(true, undefined, true));
  const certificate = await X509CertificateGenerator.create({
    serialNumber: (serials++).toString(16).padStart(4, '0'),
    subject: name,
    issuer: options.issuerName ?? issuer?.name ?? name,
    notBefore: new Date(options.from ?? now - day),
    notAfter: new Date(options.to ?? now + 365 * day),
    publicKey: keys.publicKey,
    signingKey: (issuer?.keys ?? keys).privateKey,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-384' },
    extensions,
  });
  return { name, pem: certificate.toString('pem'), keys };
}

/** Root, two authorities, and the chip: in the order in which they are sent, without the root. */
export interface Chain {
  readonly root: Certified;
  readonly chip: Certified;
  readonly pem: string;
}

export interface ChainOptions {
  readonly chip?: Partial<CertifiedOptions>;
  readonly authority?: Partial<CertifiedOptions>;
  readonly root?: Partial<CertifiedOptions>;
}

export async function chainOf(changes: ChainOptions = {}): Promise<Chain> {
  const root = await certify({ name: 'CN=Test Device Identity CA', issuer: null, ca: true, ...changes.root });
  const identity = await certify({
    name: 'CN=Test GH100 Identity',
    issuer: root,
    ca: true,
    ...changes.authority,
  });
  const brom = await certify({ name: 'CN=GH100 A01 GSP BROM, O=Test', issuer: identity, ca: true });
  const chip = await certify({
    name: 'C=US, O=Test, CN=GH100 A01 GSP FMC LF',
    issuer: brom,
    ca: false,
    ...changes.chip,
  });
  return { root, chip, pem: [chip, brom, identity].map(({ pem }) => pem).join('\n') };
}

/** What a report says; as NVIDIA's drivers do where a test does not change it. */
export interface ReportFields {
  readonly requestVersion: number;
  readonly requestCode: number;
  readonly signatureAsked: boolean;
  readonly responseVersion: number;
  readonly responseCode: number;
  readonly blocks: number;
  /** Said, where it is not how many there are. */
  readonly blocksSaid: number;
  readonly specification: number;
  readonly opaque: Uint8Array;
}

/** A report over a nonce, without its signature. */
export function unsignedReport(nonce: Uint8Array, fields: Partial<ReportFields> = {}): Uint8Array {
  const { blocks = 64, opaque = new Uint8Array(262).fill(5) } = fields;
  const record = Buffer.concat(
    Array.from({ length: blocks }, (_, index) =>
      Buffer.from([index + 1, fields.specification ?? 1, 51, 0, 1, 48, 0, ...Array(48).fill(index)]),
    ),
  );
  const length = [record.length & 255, (record.length >> 8) & 255, record.length >> 16];
  return new Uint8Array(
    Buffer.concat([
      Buffer.from([
        fields.requestVersion ?? 0x11,
        fields.requestCode ?? 0xe0,
        fields.signatureAsked === false ? 0 : 1,
        0xff,
      ]),
      nonce,
      Buffer.from([0]),
      Buffer.from([fields.responseVersion ?? 0x11, fields.responseCode ?? 0x60, 0, 0]),
      Buffer.from([fields.blocksSaid ?? blocks, ...length]),
      record,
      Buffer.alloc(32, 9),
      Buffer.from([opaque.length & 255, opaque.length >> 8]),
      opaque,
    ]),
  );
}

/** The report of a chip over a nonce. */
export async function reportOf(
  { keys }: Certified,
  nonce: Uint8Array,
  fields: Partial<ReportFields> = {},
): Promise<Uint8Array> {
  const report = unsignedReport(nonce, fields);
  const key = KeyObject.from(keys.privateKey);
  const signature = sign('sha384', report, { key, dsaEncoding: 'ieee-p1363' });
  return new Uint8Array(Buffer.concat([report, signature]));
}
