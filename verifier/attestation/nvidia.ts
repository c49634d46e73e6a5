import { createHash, verify, type X509Certificate } from 'node:crypto';
import { TouchstoneError } from '../../protocol/error.js';
import { keyOf, readCertificates, trustedLeaf } from './certificates.js';
import type { AttestationScheme, Attested, Evidence } from './scheme.js';
import { readMeasurements } from './spdm.js';

/** The name of a chip begins the common name of its certificate: `GH100 A01 GSP FMC LF`. `GB20X` is a family of them. */
const chipName = /^CN=(G[A-Z]\d\d[\dX]) /;

/**
 * NVIDIA's, for Hopper and later in confidential mode: the GPU signs an SPDM measurement report with a key that never leaves it.
 * What is measured is not looked at: that a chip of this kind signed our challenge is all that is asked.
 *
 * @param roots certificates that chains may lead to
 */
export function nvidiaScheme(roots: readonly X509Certificate[]): AttestationScheme {
  return {
    vendor: 'nvidia',
    verify({ report, certificates }: Evidence, nonce: Uint8Array, now: number): Attested {
      const { nonce: asked, signed, signature } = readMeasurements(report);
      const chain = readCertificates(certificates);
      if (!Buffer.from(asked).equals(nonce))
        throw new TouchstoneError('attestation.wrong-signature', 'The report is over another challenge.');
      const leaf = trustedLeaf(chain, roots, now);
      if (!isSignedBy(leaf, signed, signature))
        throw new TouchstoneError(
          'attestation.wrong-signature',
          'The report is not signed by the key of the first certificate.',
        );
      return {
        vendor: 'nvidia',
        chip: chipOf(leaf),
        key: sha256(leaf.publicKey.export({ type: 'spki', format: 'der' })),
        report: sha256(report),
      };
    },
  };
}

function isSignedBy(leaf: X509Certificate, signed: Uint8Array, signature: Uint8Array): boolean {
  const key = keyOf(leaf);
  try {
    return key !== null && verify('sha384', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

/** @throws TouchstoneError `attestation.untrusted` */
function chipOf({ subject }: X509Certificate): string {
  const names = subject.split('\n').filter((line) => line.startsWith('CN='));
  const [, chip] = chipName.exec(names[0] ?? '') ?? [];
  if (chip === undefined || names.length !== 1)
    throw new TouchstoneError('attestation.untrusted', 'The first certificate names no chip.');
  return chip;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
