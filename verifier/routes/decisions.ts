import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, newFactId } from '../../protocol/ids.js';
import { DeviceStatus } from '../../protocol/status.js';
import { FreeText } from '../../protocol/text.js';
import { callerOf } from '../access/guard.js';
import { transitionFact } from '../devices/transition-fact.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const Params = Type.Object({ id: DeviceId });
const Decision = Type.Object(
  {
    decision: Type.Union([Type.Literal('clear'), Type.Literal('retire')], {
      description:
        '`clear`: out of quarantine, to be examined anew; `retire`: taken out for good, its claims are void',
    }),
    reason: FreeText(500),
  },
  { additionalProperties: false },
);
const Decided = Type.Object({ id: DeviceId, status: DeviceStatus });

interface About {
  Params: Static<typeof Params>;
  Body: Static<typeof Decision>;
}

const causeOf = { clear: 'cleared', retire: 'retired' } as const;
const codeOf = { clear: 'decision.cleared', retire: 'decision.retired' } as const;

type DecisionParts = Pick<
  Services,
  'devices' | 'recorder' | 'serial' | 'examiner' | 'leases' | 'hub' | 'clock' | 'random'
>;

/** What only a person can decide: that somebody was quarantined wrongly, or is gone. On record with who and why. */
export function decisionRoutes(app: FastifyInstance, parts: DecisionParts): void {
  const { devices, recorder, serial, examiner, leases, hub, clock, random } = parts;
  app.post<About>(
    '/v1/devices/:id/decisions',
    {
      config: {
        access: ['investigator', 'operator'],
        home: (request) => (request.params as About['Params']).id,
        limits: { caller: { burst: 60, everyMs: 60_000 } },
      },
      schema: {
        operationId: 'decideAboutDevice',
        summary: 'Clear a device from quarantine, or retire it',
        params: Params,
        body: Decision,
        response: { 200: Decided, ...problems },
      },
    },
    async (request) => {
      const { id: device } = request.params;
      const { decision, reason } = request.body;
      const { role, id } = callerOf(request);
      const status = await serial.run(device, async () => {
        const state = devices.get(device);
        if (state === undefined) throw new TouchstoneError('device.unknown');
        const at = clock.now();
        const acted = {
          kind: 'operator.acted',
          id: newFactId(random),
          at,
          device,
          by: `${role}/${id}`,
          action: decision,
          reason,
        } as const;
        const moved = transitionFact(state, causeOf[decision], {
          at,
          random,
          reasons: [codeOf[decision]],
          evidence: [acted.id],
        });
        if (moved === null || (decision === 'retire' && leases.of(device) !== null))
          throw new TouchstoneError('decision.not-possible');
        await recorder.record([acted, moved]);
        return moved.to;
      });
      examiner.enrolled(device, false);
      if (decision === 'retire') hub.get(device)?.close('session.ended');
      return { id: device, status };
    },
  );
}
