import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { LeaseId } from '../../protocol/ids.js';
import {
  LeaseChange,
  LeaseDocument,
  LeaseRequest,
  TranscriptHeads,
  WitnessStatement,
} from '../../protocol/messages/lease.js';
import { Receipt } from '../../protocol/messages/receipt.js';
import { callerOf } from '../access/guard.js';
import { leaseDocument } from '../documents/lease.js';
import { deviceOfLease, leaseFor } from '../leases/access.js';
import type { Leasing } from '../leases/leasing.js';
import { problems } from './problems.js';

const Params = Type.Object({ id: LeaseId });
interface AboutLease {
  Params: Static<typeof Params>;
}

export type LeaseRoutesParts = Pick<Leasing, 'leases' | 'receipts' | 'heads' | 'witnesses'>;

const lease = { 200: LeaseDocument, ...problems };

/** What marketplaces and witnesses ask of leases. Whose a lease is not learns nothing of it. */
export function leaseRoutes(app: FastifyInstance, leasing: LeaseRoutesParts): void {
  const { leases, receipts, heads, witnesses } = leasing;
  // What is said of a lease under way is known where its device is at home.
  const home = ({ params }: FastifyRequest) => deviceOfLease(leases, (params as { readonly id: string }).id);

  app.post<{ Body: LeaseRequest }>(
    '/v1/leases',
    {
      config: {
        access: ['marketplace'],
        home: ({ body }) => (body as LeaseRequest).device,
      },
      schema: {
        operationId: 'openLease',
        summary: 'Lease a device; the very same request again gives the same lease',
        body: LeaseRequest,
        response: { ...lease, 201: LeaseDocument },
      },
    },
    async (request, reply) => {
      const opened = await leases.open(callerOf(request).id, request.body);
      return reply.code(opened.made ? 201 : 200).send(leaseDocument(opened.lease, opened.witnessToken));
    },
  );
  app.get<AboutLease>(
    '/v1/leases/:id',
    {
      config: { access: ['marketplace'] },
      schema: { operationId: 'getLease', summary: 'A lease of this key', params: Params, response: lease },
    },
    async (request) => leaseDocument(await leases.getOf(callerOf(request).id, request.params.id)),
  );
  app.patch<AboutLease & { Body: LeaseChange }>(
    '/v1/leases/:id',
    {
      config: { access: ['marketplace'], home },
      schema: {
        operationId: 'changeLease',
        summary: 'Set another end, or end the lease now',
        params: Params,
        body: LeaseChange,
        response: lease,
      },
    },
    async (request) =>
      leaseDocument(await leases.change(callerOf(request).id, request.params.id, request.body)),
  );
  app.get<AboutLease>(
    '/v1/leases/:id/receipt',
    {
      config: { access: ['marketplace', 'witness'], home },
      schema: {
        operationId: 'getReceipt',
        summary: 'What was proven of the lease, signed; final when the lease is over',
        params: Params,
        response: { 200: Receipt, ...problems },
      },
    },
    async (request, reply) => {
      const text = await receipts.textOf(await leaseFor(leases, callerOf(request), request.params.id));
      // As it was signed: a serializer of the schema could bend a number.
      return reply.type('application/json').send(text as unknown as Receipt);
    },
  );
  app.get<AboutLease>(
    '/v1/leases/:id/transcript',
    {
      config: { access: ['marketplace', 'witness'], home },
      schema: {
        operationId: 'getTranscriptHeads',
        summary: 'How far the transcripts of the cards are; for the witness',
        params: Params,
        response: { 200: TranscriptHeads, ...problems },
      },
    },
    async (request) => {
      const lease = await leaseFor(leases, callerOf(request), request.params.id);
      return { lease: lease.id, state: lease.state, cards: await heads.of(lease) };
    },
  );
  app.post<AboutLease & { Body: WitnessStatement }>(
    '/v1/leases/:id/witness',
    {
      config: { access: ['witness'], home },
      schema: {
        operationId: 'speakAsWitness',
        summary: 'What the tenant of a lease saw of the transcript, signed by its witness',
        params: Params,
        body: WitnessStatement,
        response: { 204: Type.Null({ description: 'On record' }), ...problems },
      },
    },
    async (request, reply) => {
      await witnesses.hear(await leaseFor(leases, callerOf(request), request.params.id), request.body);
      return reply.code(204).send(null);
    },
  );
}
