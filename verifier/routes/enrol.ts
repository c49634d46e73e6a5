import type { FastifyInstance } from 'fastify';
import { TouchstoneError } from '../../protocol/error.js';
import { Enrolment, EnrolmentReply } from '../../protocol/messages/enrolment.js';
import { bytesOfWallet } from '../access/wallet-address.js';
import { perHour } from '../edge/limits.js';
import { ChangeLimit } from '../identity/change-limit.js';
import { assertCardsPossible, enrolmentFacts, isOtherHardware, isSteady } from '../identity/enrol.js';
import { assertSignedForUs } from '../identity/host.js';
import { isSigned } from '../identity/signatures.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const answers = { 200: EnrolmentReply, 201: EnrolmentReply, ...problems };

export function enrolRoutes(app: FastifyInstance, services: Services): void {
  const { nonces, devices, recorder, serial, examiner, hardware, clock, random } = services;
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
      hardware.intake.assertPossible(body);
      if (body.wallet !== undefined) bytesOfWallet(body.wallet);
      assertSignedForUs(body.host, services.ownHosts());
      services.agents.assertTaken(body.agent.version);
      if (!isSigned('enrol', body)) throw new TouchstoneError('signature.invalid');
      await nonces.use(body.nonce);
      const { known, said, heard } = await serial.run(body.device, async () => {
        const known = devices.get(body.device);
        if (known?.status === 'retired') throw new TouchstoneError('device.retired');
        const said = hardware.intake.recorded(body, known?.enrolment.cards ?? []);
        const leased = services.leases.of(body.device) !== null;
        const now = { at: clock.now(), random, leased };
        const heard = hardware.intake.heard(said, hardware.book.of(body.device), now);
        const facts = enrolmentFacts(said, known, clock, random, heard);
        if (facts.length > 0) await changes.take(body.device);
        await recorder.record(facts);
        hardware.book.apply(facts);
        return { known, said, heard };
      });
      const steady = known !== undefined && isSteady(known, said) && heard === null;
      request.wrote = known === undefined ? 'enrolled' : steady ? 'steady' : 'changed';
      if (known !== undefined) {
        const otherHardware = isOtherHardware(known, said, heard);
        if (otherHardware) await services.leases.hardwareChanged(body.device);
        examiner.enrolled(body.device, otherHardware);
      }
      const status = devices.get(body.device)?.status ?? 'enrolled';
      return reply.code(known === undefined ? 201 : 200).send({ id: body.device, status });
    },
  );
}
