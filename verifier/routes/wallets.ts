import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { DeviceId, Signature, WalletAddress, WalletToken } from '../../protocol/ids.js';
import { DeviceStatus } from '../../protocol/status.js';
import { callerOf } from '../access/guard.js';
import type { WalletSessions } from '../access/wallet-sessions.js';
import { SignInInput, type WalletSignIn } from '../access/wallet-sign-in.js';
import type { DeviceState } from '../devices/devices.js';
import { timeOf } from '../documents/reason.js';
import { problems } from './problems.js';

const Challenge = Type.Object(
  {
    address: WalletAddress,
    domain: Type.Optional(
      Type.String({
        maxLength: 255,
        description: 'Host of the page that asks, where it is not this service',
      }),
    ),
  },
  { additionalProperties: false },
);
const ChallengeReply = Type.Object({
  input: SignInInput,
  message: Type.String({ description: 'What the wallet signs, for wallets that only sign messages' }),
});

const SignIn = Type.Object(
  {
    nonce: SignInInput.properties.nonce,
    signature: { ...Signature, description: 'Ed25519 over the message, hexadecimal' },
  },
  { additionalProperties: false },
);
const SignInReply = Type.Object({
  wallet: WalletAddress,
  token: WalletToken,
  expiresAt: Type.String({ format: 'date-time' }),
});

const Query = Type.Object(
  { after: Type.Optional({ ...DeviceId, description: '`next` of the page before' }) },
  { additionalProperties: false },
);
const WalletDevices = Type.Object({
  devices: Type.Array(
    Type.Object({
      id: DeviceId,
      name: Type.String(),
      status: DeviceStatus,
      since: Type.String({ format: 'date-time' }),
      reasons: Type.Array(Type.String()),
      enrolledAt: Type.String({ format: 'date-time' }),
    }),
    { description: 'By id' },
  ),
  next: Type.Union([DeviceId, Type.Null()], {
    description: '`after` of the next page; null where this was the last',
  }),
});

/** Devices of one page. */
const pageLength = 500;

export interface WalletRoutesParts {
  readonly signIn: Pick<WalletSignIn, 'challenge' | 'accept'>;
  readonly wallets: Pick<WalletSessions, 'open' | 'signOut'>;
  /** Devices that name a wallet as theirs. */
  readonly devicesOf: (wallet: string) => Iterable<DeviceState>;
}

/** Sign In With Solana, and what a wallet may see: the devices that it earns by. */
export function walletRoutes(app: FastifyInstance, { signIn, wallets, devicesOf }: WalletRoutesParts): void {
  // A signature costs as much as many reads, and nobody signs in more often by hand.
  const limits = { address: { burst: 30, everyMs: 2_000 } };
  app.post<{ Body: Static<typeof Challenge> }>(
    '/v1/wallets/challenge',
    {
      config: { access: ['public'], limits },
      schema: {
        operationId: 'challengeWallet',
        summary: 'What a wallet is to sign: the input of `solana:signIn`, and its text',
        body: Challenge,
        response: { 200: ChallengeReply, ...problems },
      },
    },
    async ({ body }) => signIn.challenge(body.address, body.domain),
  );
  app.post<{ Body: Static<typeof SignIn> }>(
    '/v1/wallets/session',
    {
      config: { access: ['public'], limits },
      schema: {
        operationId: 'signInWallet',
        summary: 'A session for a signed challenge',
        body: SignIn,
        response: { 200: SignInReply, ...problems },
      },
    },
    async ({ body }) => {
      const wallet = await signIn.accept(body.nonce, body.signature);
      const { token, expiresAt } = await wallets.open(wallet);
      return { wallet, token, expiresAt: timeOf(expiresAt) };
    },
  );
  app.delete(
    '/v1/wallets/session',
    {
      config: { access: ['wallet'] },
      schema: {
        operationId: 'signOutWallet',
        summary: 'End all sessions of the wallet, wherever they are',
        response: { 204: Type.Null({ description: 'Signed out' }), ...problems },
      },
    },
    async (request, reply) => {
      await wallets.signOut(callerOf(request).id);
      return reply.code(204).send(null);
    },
  );
  app.get<{ Querystring: Static<typeof Query> }>(
    '/v1/wallets/devices',
    {
      config: { access: ['wallet'], limits: { caller: { burst: 30, everyMs: 2_000 } } },
      schema: {
        operationId: 'listWalletDevices',
        summary: 'Devices that name the wallet as theirs',
        querystring: Query,
        response: { 200: WalletDevices, ...problems },
      },
    },
    async (request) => {
      const { after = '' } = request.query;
      const own = [...devicesOf(callerOf(request).id)].filter(({ device }) => device > after);
      own.sort((a, b) => (a.device < b.device ? -1 : 1));
      const page = own.slice(0, pageLength);
      return {
        devices: page.map(documentOf),
        next: own.length > pageLength ? (page.at(-1)?.device ?? null) : null,
      };
    },
  );
}

const documentOf = ({ device, enrolment, status, statusSince, reasons, firstEnrolledAt }: DeviceState) => ({
  id: device,
  name: enrolment.name,
  status,
  since: timeOf(statusSince),
  reasons: [...reasons],
  enrolledAt: timeOf(firstEnrolledAt),
});
