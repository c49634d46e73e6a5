import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { DeviceId, Hex32 } from '../../protocol/ids.js';
import { ReceiptFields } from '../../protocol/messages/receipt.js';
import { version } from '../../protocol/version.js';
import { timeOf } from '../documents/reason.js';
import type { AgentVersions, OldestAgent as Announced } from '../identity/agent-versions.js';
import { problems } from './problems.js';

const OldestAgent = Type.Union([
  Type.Object({
    version: Type.String(),
    from: Type.String({
      format: 'date-time',
      description: 'The begin of an hour, told at least an hour ahead',
    }),
  }),
  Type.Null(),
]);

const VerifierDocument = Type.Object({
  version: Type.String(),
  key: { ...DeviceId, description: 'Ed25519 public key that all receipts of this verifier are signed with' },
  receipts: ReceiptFields.version,
  fingerprintKey: {
    ...Hex32,
    description:
      'What ids of hardware are hashed with before they leave a host: one for all devices of this network',
  },
  agents: Type.Object(
    {
      oldest: OldestAgent,
      next: OldestAgent,
    },
    {
      description: 'Oldest version of the agent that is taken, and what is announced; null where nothing is',
    },
  ),
});

/** What a verifier says of itself: above all by which key its receipts are its own. */
export function verifierRoutes(
  app: FastifyInstance,
  {
    key,
    fingerprintKey,
    agents,
  }: {
    readonly key: string;
    /** 64 hexadecimal digits. */
    readonly fingerprintKey: string;
    readonly agents?: Pick<AgentVersions, 'now' | 'next'>;
  },
): void {
  app.get(
    '/v1/verifier',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'getVerifier',
        summary: 'The key of its receipts: what `touchstone verify-receipt --key` wants',
        response: { 200: VerifierDocument, ...problems },
      },
    },
    async () => ({
      version,
      key,
      receipts: ReceiptFields.version.const,
      fingerprintKey,
      agents: { oldest: shown(agents?.now), next: shown(agents?.next) },
    }),
  );
}

const shown = (announced: Announced | null | undefined): { version: string; from: string } | null =>
  announced ? { version: announced.oldest, from: timeOf(announced.from) } : null;
