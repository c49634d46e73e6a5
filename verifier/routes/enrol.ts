import type { FastifyInstance } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { Enrolment, EnrolmentReply } from '../../protocol/messages/enrolment.js';
import { bytesOfWallet } from '../access/wallet-address.js';
import { sameHardware } from '../devices/hardware.js';
import { perHour } from '../edge/limits.js';
import { ChangeLimit } from '../identity/change-limit.js';
import { assertCardsPossible, enrolmentFacts, isSteady } from '../identity/enrol.js';
import { assertSignedForUs } from '../identity/host.js';
import { isSigned } from '../identity/signatures.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const answers = { 200: EnrolmentReply, 201: EnrolmentReply, ...problems };

export function enrolRoutes(app: FastifyInstance, services: Services): void {
  const { nonces, devices, recorder, serial, examiner, clock, random } = services;
  const changes = new ChangeLimit(services.state);
  app.post<{ Body: Enrolment }>(
    '/v1/devices',
    {
      config: {
        // Whoever can sign with the device's key: no token writes what a device says of itself.
        access: ['public'],
        limits: { address: perHour(services.options.enrolmentsPerHour) },
        // Junk must not make homes.
        home: ({ body }) => (isSigned('enrol', body as Enrolment) ? (body as Enrolment).device : null),
      },
      schema: {
        operationId: 'enrolDevice',
        summary: 'Enrol a device, or say what changed',
        body: Enrolment,
        response: answers,
      },
    },
    async (request, reply): Promise<EnrolmentReply> => {
      const { body } = request;
      // From cheap to dear, and the nonce last: what is refused has not used it up.
      assertCardsPossible(body.cards);
      if (body.wallet !== undefined) bytesOfWallet(body.wallet);
      assertSignedForUs(body.host, services.ownHosts());
      services.agents.assertTaken(body.agent.version);
      if (!isSigned('enrol', body)) throw new TouchstoneError('signature.invalid');
      await nonces.use(body.nonce);
      const known = await serial.run(body.device, async () => {
        const before = devices.get(body.device);
        if (before?.status === 'retired') throw new TouchstoneError('device.retired');
        const facts = enrolmentFacts(body, before, clock, random);
        if (facts.length > 0) await changes.take(body.device);
        await recorder.record(facts);
        return before;
      });
      request.wrote = known === undefined ? 'enrolled' : isSteady(known, body) ? 'steady' : 'changed';
      if (known !== undefined) {
        const otherHardware = !sameHardware(known.enrolment.cards, body.cards);
        if (otherHardware) await services.leases.hardwareChanged(body.device);
        examiner.enrolled(body.device, otherHardware);
      }
      const status = devices.get(body.device)?.status ?? 'enrolled';
      return reply.code(known === undefined ? 201 : 200).send({ id: body.device, status });
    },
  );
}
