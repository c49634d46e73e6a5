import { type KeyObject, X509Certificate } from 'node:crypto';
import { TouchstoneError } from '../../protocol/error.js';

/** From a card's own certificate to the root there are five with NVIDIA. */
const mostCertificates = 8;
const curve = 'secp384r1';

const pem = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** Certificates as they stand in a text, in their order. @throws TouchstoneError `attestation.unreadable` */
export function readCertificates(text: string): X509Certificate[] {
  const blocks = text.match(pem) ?? [];
  if (blocks.length === 0 || text.replace(pem, '').trim() !== '')
    throw new TouchstoneError('attestation.unreadable', 'The certificates are no PEM certificates.');
  if (blocks.length > mostCertificates)
    throw new TouchstoneError(
      'attestation.unreadable',
      `${blocks.length} certificates; at most ${mostCertificates} are read.`,
    );
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      const detail = `Certificate ${index} cannot be read.`;
      throw new TouchstoneError('attestation.unreadable', detail, {}, { cause });
    }
  });
}

/**
 * The certificate that a chain is of: its first, where each is issued by the next and the last by one of the roots, or is one of them.
 * All are valid now and have P-384 keys; the first is no authority, all others are.
 *
 * What is not checked: revocation, which takes the vendor's servers, and how long a chain an authority may have below it.
 *
 * @param now milliseconds since 1970
 * @throws TouchstoneError `attestation.untrusted`
 */
export function trustedLeaf(
  chain: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  now: number,
): X509Certificate {
  const [leaf] = chain;
  const last = chain.at(-1);
  if (leaf === undefined || last === undefined) throw untrusted('There is no certificate.');
  const root = roots.find((one) => isSame(one, last)) ?? roots.find((one) => isIssuedBy(last, one));
  if (root === undefined) throw untrusted('The last certificate leads to no root that is trusted here.');
  const whole = isSame(root, last) ? chain : [...chain, root];
  for (const [index, certificate] of whole.entries()) {
    assertSound(certificate, index, now);
    const issuer = whole[index + 1];
    if (issuer !== undefined && !isIssuedBy(certificate, issuer))
      throw untrusted(`Certificate ${index} is not issued by the next one.`);
  }
  if (whole.length < 2) throw untrusted('A root cannot speak for a card.');
  return leaf;
}

function assertSound(certificate: X509Certificate, index: number, now: number): void {
  const [from, to] = [Date.parse(certificate.validFrom), Date.parse(certificate.validTo)];
  if (!(from <= now && now <= to))
    throw untrusted(`Certificate ${index} is valid from ${certificate.validFrom} to ${certificate.validTo}.`);
  if (certificate.ca !== index > 0)
    throw untrusted(`Certificate ${index} is ${certificate.ca ? 'an' : 'no'} authority.`);
  if (!isP384(keyOf(certificate))) throw untrusted(`Certificate ${index} has no P-384 key.`);
}

const isP384 = (key: KeyObject | null): boolean =>
  key?.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve;

/** Null where it has none that can be read. */
export function keyOf(certificate: X509Certificate): KeyObject | null {
  try {
    return certificate.publicKey;
  } catch {
    return null;
  }
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  const key = keyOf(issuer);
  if (key === null) return false;
  try {
    return certificate.checkIssued(issuer) && certificate.verify(key);
  } catch {
    return false;
  }
}

const isSame = (a: X509Certificate, b: X509Certificate): boolean => a.raw.equals(b.raw);

const untrusted = (detail: string) => new TouchstoneError('attestation.untrusted', detail);
