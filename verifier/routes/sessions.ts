import type { FastifyInstance } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { SessionReply, SessionRequest } from '../../protocol/messages/enrolment.js';
import { timeOf } from '../documents/reason.js';
import { assertSignedForUs } from '../identity/host.js';
import { isSigned } from '../identity/signatures.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const answers = { 200: SessionReply, ...problems };

export function sessionRoutes(app: FastifyInstance, services: Services): void {
  const { nonces, sessions, devices } = services;
  app.post<{ Body: SessionRequest }>(
    '/v1/sessions',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'openSession',
        summary: 'A session for a signed nonce',
        body: SessionRequest,
        response: answers,
      },
    },
    async ({ body }): Promise<SessionReply> => {
      assertSignedForUs(body.host, services.ownHosts());
      if (!isSigned('session', body)) throw new TouchstoneError('signature.invalid');
      const state = devices.get(body.device);
      if (state === undefined) throw new TouchstoneError('device.unknown');
      if (state.status === 'retired') throw new TouchstoneError('device.retired');
      services.agents.assertTaken(state.enrolment.agent.version);
      await nonces.use(body.nonce);
      const { token, expiresAt } = await sessions.open(body.device);
      return { token, expiresAt: timeOf(expiresAt) };
    },
  );
}
