import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { DeviceId } from '../../protocol/ids.js';
import { ReceiptFields } from '../../protocol/messages/receipt.js';
import { version } from '../../protocol/version.js';
import { problems } from './problems.js';

const VerifierDocument = Type.Object({
  version: Type.String(),
  key: { ...DeviceId, description: 'Ed25519 public key that all receipts of this verifier are signed with' },
  receipts: ReceiptFields.version,
});

/** What a verifier says of itself: above all by which key its receipts are its own. */
export function verifierRoutes(app: FastifyInstance, { key }: { readonly key: string }): void {
  app.get(
    '/v1/verifier',
    {
      schema: {
        operationId: 'getVerifier',
        summary: 'The key of its receipts: what `touchstone verify-receipt --key` wants',
        response: { 200: VerifierDocument, ...problems },
      },
    },
    async () => ({ version, key, receipts: ReceiptFields.version.const }),
  );
}
