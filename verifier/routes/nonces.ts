import type { FastifyInstance } from 'fastify';
import { NonceReply } from '../../protocol/messages/enrolment.js';
import { timeOf } from '../documents/reason.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

export function nonceRoutes(app: FastifyInstance, { nonces }: Services): void {
  app.post(
    '/v1/nonces',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'issueNonce',
        summary: 'A number used once, to be signed',
        response: { 200: NonceReply, ...problems },
      },
    },
    async (): Promise<NonceReply> => {
      const { nonce, expiresAt } = await nonces.issue();
      return { nonce, expiresAt: timeOf(expiresAt) };
    },
  );
}
