import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { fromBase64 } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, ExamId, FactId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { callerOf } from '../access/guard.js';
import { attestedMs } from '../attestation/attested-cards.js';
import { timeOf } from '../documents/reason.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

/** A report of 64 measurements has some 4 KiB, in base64; five certificates have as much. */
const most = { reportLength: 16 * 1024, certificatesLength: 24 * 1024 };

const Attestation = Type.Object(
  {
    card: CardIndex,
    exam: { ...ExamId, description: 'The last exam of the card, passed at most 15 minutes ago' },
    report: Type.String({
      pattern: '^[A-Za-z0-9+/]+={0,2}$',
      maxLength: most.reportLength,
      description: "Base64 of the driver's report: the SPDM request and the response to it",
    }),
    certificates: Type.String({
      maxLength: most.certificatesLength,
      description: "PEM, the card's own certificate first",
    }),
  },
  { additionalProperties: false },
);
type Attestation = Static<typeof Attestation>;

const Attested = Type.Object({
  id: FactId,
  card: CardIndex,
  exam: ExamId,
  vendor: Type.String(),
  chip: Type.String({ description: "The vendor's name for the kind of chip, such as GH100" }),
  at: Type.String({ format: 'date-time' }),
  until: Type.String({ format: 'date-time', description: 'Until then it speaks for the card' }),
});

const Params = Type.Object({ id: DeviceId });
interface OfDevice {
  Params: Static<typeof Params>;
  Body: Attestation;
}

/** Two signatures a certificate are dear. A machine with sixteen cards attests them all after one exam. */
const caller = { burst: 32, everyMs: 60_000 };

/** `POST /v1/devices/:id/attestations`: a vendor vouches for a card. Never required. */
export function attestationRoutes(
  app: FastifyInstance,
  { attestation }: Pick<Services, 'attestation'>,
): void {
  app.post<OfDevice>(
    '/v1/devices/:id/attestations',
    {
      config: {
        access: ['device'],
        home: (request: FastifyRequest) => (request.params as OfDevice['Params']).id,
        limits: { caller },
      },
      schema: {
        operationId: 'attestCard',
        summary: "Show a vendor's signature over the challenge of an exam that a card has just passed",
        params: Params,
        body: Attestation,
        response: { 201: Attested, ...problems },
      },
    },
    async (request, reply) => {
      const { id: device } = request.params;
      if (callerOf(request).id !== device) throw new TouchstoneError('access.role');
      const report = fromBase64(request.body.report);
      if (report === null) throw new TouchstoneError('attestation.unreadable', 'The report is no base64.');
      const given = { ...request.body, report };
      const { id, at, card, exam, vendor, chip } = await attestation.attesting.attest(device, given);
      const until = timeOf(at + attestedMs);
      return reply.code(201).send({ id, card, exam, vendor, chip, at: timeOf(at), until });
    },
  );
}
