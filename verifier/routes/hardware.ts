import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, FactId } from '../../protocol/ids.js';
import { ComponentKind, HardwareReport } from '../../protocol/messages/hardware.js';
import { latestHardware } from '../../scoring/queries/hardware.js';
import { type Clones, clonesOf } from '../../scoring/queries/hardware-clones.js';
import { callerOf } from '../access/guard.js';
import { cloneFindings, findingDocuments } from '../documents/findings.js';
import { timeOf } from '../documents/reason.js';
import { FindingDocument } from '../documents/schemas.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const HardwareDocument = Type.Object({
  id: FactId,
  device: DeviceId,
  at: Type.String({ format: 'date-time' }),
  report: {
    ...HardwareReport,
    description:
      'As it is recorded: what tells one machine from another is hashed with the key of the network, and with one of ours',
  },
  findings: Type.Array(FindingDocument, { description: 'The gravest first' }),
  clones: Type.Array(
    Type.Object({
      kind: ComponentKind,
      others: Type.Integer({ description: 'Devices that show the same value; counted to a hundred' }),
      devices: Type.Array(DeviceId, { description: 'Which; for investigators and operators' }),
    }),
    { description: 'Values of its system that other devices show too: copies of one image' },
  ),
});

const Params = Type.Object({ id: DeviceId });
interface OfDevice {
  Params: Static<typeof Params>;
}

/** `GET /v1/devices/:id/hardware`: what a host says of itself, for those whom it concerns. */
export function hardwareRoutes(
  app: FastifyInstance,
  { devices, hardware, clickhouse }: Pick<Services, 'devices' | 'hardware' | 'clickhouse'>,
): void {
  app.get<OfDevice>(
    '/v1/devices/:id/hardware',
    {
      config: { access: ['device', 'investigator', 'operator'] },
      schema: {
        operationId: 'getDeviceHardware',
        summary: 'The latest report of a host about itself, as it is recorded, and what was found in it',
        params: Params,
        response: { 200: HardwareDocument, ...problems },
      },
    },
    async (request) => {
      const { id: device } = request.params;
      if (devices.get(device) === undefined) throw new TouchstoneError('device.unknown');
      const whole = mayReadOthers(request, device);
      const fact = await latestHardware(clickhouse, device);
      if (fact === null) throw noReport(hardware.book.of(device) !== null);
      const clones = await clonesOf(clickhouse, device, fact.report.components);
      const claims = fact.report.cards.map(({ claim }) => claim);
      return {
        id: fact.id,
        device,
        at: timeOf(fact.at),
        report: fact.report,
        findings: findingDocuments([...fact.findings, ...cloneFindings(clones)], claims),
        clones: clones.map((one) => cloneDocument(one, whole)),
      };
    },
  );
}

/** Whether the caller looks after the fleet. @throws TouchstoneError `access.role` where it is another device */
function mayReadOthers(request: FastifyRequest, device: string): boolean {
  const { role, id } = callerOf(request);
  if (role === 'device' && id !== device) throw new TouchstoneError('access.role');
  return role !== 'device';
}

const noReport = (isUnderWay: boolean) =>
  new TouchstoneError(
    'hardware.not-reported',
    isUnderWay ? 'The report is on its way into the record. Ask again in some seconds.' : undefined,
  );

const cloneDocument = ({ kind, devices }: Clones, whole: boolean) => ({
  kind,
  others: devices.length,
  devices: whole ? devices : [],
});
