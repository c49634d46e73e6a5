import type { FastifyInstance } from 'fastify';
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
import { leaseDocument } from '../documents/lease.js';
import { LeaseAccess } from '../leases/access.js';
import type { Leasing } from '../leases/leasing.js';
import { problems } from './problems.js';

const Params = Type.Object({ id: LeaseId });
interface AboutLease {
  Params: Static<typeof Params>;
}

const lease = { 200: LeaseDocument, ...problems };

/** What marketplaces and witnesses ask of leases. Whose a lease is not learns nothing of it. */
export function leaseRoutes(app: FastifyInstance, leasing: Leasing): void {
  const { keys, leases, receipts, heads, witnesses } = leasing;
  const access = new LeaseAccess(leasing);

  app.post<{ Body: LeaseRequest }>(
    '/v1/leases',
    {
      // Before the body is looked at: who has no key learns nothing of what would be right.
      onRequest: async (request) => void (await keys.marketplaceOf(request.headers.authorization)),
      schema: {
        operationId: 'openLease',
        summary: 'Lease a device; the very same request again gives the same lease',
        body: LeaseRequest,
        response: { ...lease, 201: LeaseDocument },
      },
    },
    async ({ headers, body }, reply) => {
      const marketplace = await keys.marketplaceOf(headers.authorization);
      const opened = await leases.open(marketplace, body);
      return reply.code(opened.made ? 201 : 200).send(leaseDocument(opened.lease, opened.witnessToken));
    },
  );
  app.get<AboutLease>(
    '/v1/leases/:id',
    { schema: { operationId: 'getLease', summary: 'A lease of this key', params: Params, response: lease } },
    async ({ headers, params }) => leaseDocument(await access.ownLease(headers.authorization, params.id)),
  );
  app.patch<AboutLease & { Body: LeaseChange }>(
    '/v1/leases/:id',
    {
      schema: {
        operationId: 'changeLease',
        summary: 'Set another end, or end the lease now',
        params: Params,
        body: LeaseChange,
        response: lease,
      },
    },
    async ({ headers, params, body }) => {
      const marketplace = await keys.marketplaceOf(headers.authorization);
      return leaseDocument(await leases.change(marketplace, params.id, body));
    },
  );
  app.get<AboutLease>(
    '/v1/leases/:id/receipt',
    {
      schema: {
        operationId: 'getReceipt',
        summary: 'What was proven of the lease, signed; final when the lease is over',
        params: Params,
        response: { 200: Receipt, ...problems },
      },
    },
    async ({ headers, params }, reply) => {
      const text = await receipts.textOf(await access.readableLease(headers.authorization, params.id));
      // As it was signed: a serializer of the schema could bend a number.
      return reply.type('application/json').send(text as unknown as Receipt);
    },
  );
  app.get<AboutLease>(
    '/v1/leases/:id/transcript',
    {
      schema: {
        operationId: 'getTranscriptHeads',
        summary: 'How far the transcripts of the cards are; for the witness',
        params: Params,
        response: { 200: TranscriptHeads, ...problems },
      },
    },
    async ({ headers, params }) => {
      const lease = await access.readableLease(headers.authorization, params.id);
      return { lease: lease.id, state: lease.state, cards: await heads.of(lease) };
    },
  );
  app.post<AboutLease & { Body: WitnessStatement }>(
    '/v1/leases/:id/witness',
    {
      schema: {
        operationId: 'speakAsWitness',
        summary: 'What the tenant of a lease saw of the transcript, signed by its witness',
        params: Params,
        body: WitnessStatement,
        response: { 204: Type.Null({ description: 'On record' }), ...problems },
      },
    },
    async ({ headers, params, body }, reply) => {
      await witnesses.hear(await access.witnessedLease(headers.authorization, params.id), body);
      return reply.code(204).send(null);
    },
  );
}
