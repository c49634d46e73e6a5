import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { TouchstoneError } from '../../protocol/error.js';
import { DeviceId, DisputeId, FactId, SweepId } from '../../protocol/ids.js';
import { CardIndex } from '../../protocol/messages/cards.js';
import { ComponentKind } from '../../protocol/messages/hardware.js';
import { type DisputeMovedFact, DisputeState } from '../../scoring/facts/hardware.js';
import {
  CommonValue,
  commonValues,
  PartialCollision,
  partialCollisions,
} from '../../scoring/queries/collisions.js';
import { disputesBefore, movesOf } from '../../scoring/queries/disputes.js';
import { type OpenQuestion, openQuestions } from '../disputes/questions.js';
import { reasonOf, timeOf } from '../documents/reason.js';
import { Reason } from '../documents/schemas.js';
import type { Services } from '../services.js';
import { problems } from './problems.js';

const access = ['investigator', 'operator'] as const;
const pageLength = 100;
const mostMoves = 200;
/** A value that more devices show tells nobody from anybody: it makes no pairs, and is listed by itself. */
const rareUpTo = 8;
const mostPairs = 500;

const DateTime = Type.String({ format: 'date-time' });
const Dispute = Type.Object({
  id: DisputeId,
  at: { ...DateTime, description: 'When it moved last' },
  kind: ComponentKind,
  hash: Type.String({ description: 'Hashed twice, as on record' }),
  state: DisputeState,
  claimants: Type.Array(
    Type.Object({
      device: DeviceId,
      card: CardIndex,
      since: { ...DateTime, description: 'Since when it shows the id without a break' },
      held: Type.Boolean({ description: 'Its card earns nothing until that is settled' }),
      lost: Type.Boolean(),
    }),
    { description: 'The oldest claim first' },
  ),
  keeper: Type.Union([DeviceId, Type.Null()]),
  reasons: Type.Array(Reason),
});
const Trial = Type.Object({
  sweep: SweepId,
  at: DateTime,
  asked: Type.Array(DeviceId),
  went: Type.Array(DeviceId, { description: 'Let go at the same instant, and answered' }),
  passed: Type.Array(DeviceId, { description: 'Passed at the same instant' }),
});
const DisputeDossier = Type.Object({
  ...Dispute.properties,
  trials: Type.Array(Trial, { description: 'Oldest first' }),
  open: Type.Array(
    Type.Object({ devices: Type.Array(DeviceId), joint: Type.Integer(), needs: Type.String() }),
    { description: 'Pairs that are not known to be distinct, and what would settle each' },
  ),
  moves: Type.Array(
    Type.Object({ fact: FactId, at: DateTime, state: DisputeState, losers: Type.Array(DeviceId) }),
    {
      description: 'Newest first',
    },
  ),
});

const Page = Type.Object({
  before: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Milliseconds since 1970 UTC',
    }),
  ),
});
const Params = Type.Object({ id: DisputeId });

/** Several devices that claim one GPU, and devices that share other values, for those who look into it. */
export function disputeRoutes(app: FastifyInstance, { clickhouse }: Pick<Services, 'clickhouse'>): void {
  app.get<{ Querystring: Static<typeof Page> }>(
    '/v1/disputes',
    {
      config: { access },
      schema: {
        operationId: 'listDisputes',
        summary: 'GPUs that several devices claim: those that moved last first',
        querystring: Page,
        response: { 200: Type.Object({ disputes: Type.Array(Dispute) }), ...problems },
      },
    },
    async ({ query }) => {
      const before = query.before ?? Number.MAX_SAFE_INTEGER;
      return { disputes: (await disputesBefore(clickhouse, before, pageLength)).map(disputeDocument) };
    },
  );
  app.get<{ Params: Static<typeof Params> }>(
    '/v1/disputes/:id',
    {
      config: { access },
      schema: {
        operationId: 'getDispute',
        summary: 'One of them, with the joint exams so far and what would settle it',
        params: Params,
        response: { 200: DisputeDossier, ...problems },
      },
    },
    async ({ params }) => {
      const moves = await movesOf(clickhouse, params.id, mostMoves);
      const [latest] = moves;
      if (latest === undefined) throw new TouchstoneError('dispute.unknown');
      return {
        ...disputeDocument(latest),
        trials: latest.trials.map(({ at, ...trial }) => ({ ...trial, at: timeOf(at) })),
        open: openQuestions(latest).map(questionDocument),
        moves: moves.map(({ id, at, state, losers }) => ({ fact: id, at: timeOf(at), state, losers })),
      };
    },
  );
  app.get(
    '/v1/collisions',
    {
      config: { access, limits: { caller: { burst: 10, everyMs: 10_000 } } },
      schema: {
        operationId: 'listCollisions',
        summary: 'Devices that share values of their hosts or cards, the most surprising first',
        response: {
          200: Type.Object({
            pairs: Type.Array(PartialCollision),
            common: Type.Array(CommonValue, {
              description: `Shown by more than ${rareUpTo} devices; in no pair`,
            }),
          }),
          ...problems,
        },
      },
    },
    async () => ({
      pairs: await partialCollisions(clickhouse, rareUpTo, mostPairs),
      common: await commonValues(clickhouse, rareUpTo, mostPairs),
    }),
  );
}

function disputeDocument(fact: DisputeMovedFact): Static<typeof Dispute> {
  const { dispute, at, componentKind, hash, state, claimants, keeper, held, losers, reasons } = fact;
  return {
    id: dispute,
    at: timeOf(at),
    kind: componentKind,
    hash,
    state,
    claimants: claimants.map(({ device, card, since }) => ({
      device,
      card,
      since: timeOf(since),
      held: held.includes(device) || losers.includes(device),
      lost: losers.includes(device),
    })),
    keeper,
    reasons: reasons.map(reasonOf),
  };
}

const needs: Record<OpenQuestion['needs'], string> = {
  together: 'Both must be asked at one instant: they are while both are connected, free and verified.',
  trials:
    'Passing at one instant shows that they are two cards; three joint exams that both answered without it that they are not.',
};

const questionDocument = ({ devices, joint, needs: needed }: OpenQuestion) => ({
  devices: [...devices],
  joint,
  needs: needs[needed],
});
