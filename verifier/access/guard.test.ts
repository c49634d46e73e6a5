import { randomBytes } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../protocol/clock.js';
import { TouchstoneError } from '../../protocol/error.js';
import { installProblems } from '../edge/problem.js';
import type { Role } from '../edge/route-config.js';
import { Sessions } from '../identity/sessions.js';
import { MemoryState } from '../state/memory.js';
import { Callers } from './callers.js';
import { callerOf, installAccess } from './guard.js';
import { WalletSessions } from './wallet-sessions.js';

const random = (length: number) => new Uint8Array(randomBytes(length));
const lease = `le_${'1'.repeat(32)}`;
const witnessToken = `wt_${'2'.repeat(64)}`;
const device = 'ab'.repeat(32);
const wallet = 'So11111111111111111111111111111111111111112';
const keys = { marketplace: '3', investigator: '4', operator: '5' } as const;
const keyOf = (role: keyof typeof keys) => `ak_${keys[role].repeat(64)}`;

let app: FastifyInstance;
let tokens: Record<string, string>;
beforeEach(async () => {
  const state = new MemoryState(systemClock);
  const sessions = new Sessions(state, random, systemClock);
  const wallets = new WalletSessions(state, random, systemClock);
  app = Fastify();
  installProblems(app);
  const callers = new Callers({
    sessions,
    wallets,
    keys: {
      holderOf: async (header) => {
        for (const role of ['marketplace', 'investigator', 'operator'] as const)
          if (header === `Bearer ${keyOf(role)}`) return { role, name: role };
        throw new TouchstoneError('access.denied');
      },
    },
    isWitness: async (id, token) => id === lease && token === witnessToken,
  });
  installAccess(app, callers);
  tokens = {
    device: (await sessions.open(device)).token,
    wallet: (await wallets.open(wallet)).token,
    marketplace: keyOf('marketplace'),
    investigator: keyOf('investigator'),
    operator: keyOf('operator'),
    witness: witnessToken,
  };
});
afterEach(() => app.close());

function route(access: readonly Role[], url = '/:id') {
  app.get(url, { config: { access } }, async (request) => callerOf(request));
}
async function ask(
  token: string | undefined,
  options: { url?: string; headers?: object; from?: string } = {},
) {
  const { url = `/${lease}`, headers = {}, from = '192.0.2.1' } = options;
  const response = await app.inject({
    url,
    remoteAddress: from,
    headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }), ...headers },
  });
  const body = response.json() as { role?: string; id?: string; code?: string };
  return response.statusCode === 200 ? `${body.role}/${body.id}` : `${response.statusCode} ${body.code}`;
}

describe('the door of all routes', () => {
  it.each([
    ['no config', undefined],
    ['a config that does not say it', {}],
    ['nobody', { access: [] }],
  ])('lets no route be registered with %s', (_, config) => {
    const register = () => app.get('/', { ...(config !== undefined && { config }) }, async () => 'open');
    expect(register).toThrow('GET / does not say in config.access who may call it');
  });

  it('stays closed for a route that was there before it', async () => {
    const older = Fastify();
    installProblems(older);
    older.get('/', async () => 'open');
    installAccess(older, { admit: async () => ({ role: 'public', id: '' }) });
    expect((await older.inject('/')).statusCode).toBe(403);
    await older.close();
  });

  it.each(['device', 'wallet', 'marketplace', 'investigator', 'operator', 'witness'] as const)(
    'lets a %s in, and each of the others is told that it may not',
    async (role) => {
      route([role]);
      const ids: Record<string, string> = { device, wallet, witness: lease };
      for (const [other, token] of Object.entries(tokens))
        expect([other, await ask(token)]).toEqual([
          other,
          other === role ? `${role}/${ids[role] ?? role}` : '403 access.role',
        ]);
      expect(await ask(undefined)).toBe('401 access.denied');
    },
  );

  it('does not know tokens that were never given out', async () => {
    route(['device', 'wallet', 'operator', 'witness']);
    const none = '0'.repeat(64);
    expect(await ask(`se_${none}`)).toBe('401 session.invalid');
    expect(await ask(`ws_${none}`)).toBe('401 session.invalid');
    for (const token of [`ak_${none}`, `wt_${none}`, 'nothing', ''])
      expect(await ask(token)).toBe('401 access.denied');
  });

  it('opens to a witness its own lease only', async () => {
    route(['witness']);
    route(['witness'], '/nothing/about/a/lease');
    expect(await ask(witnessToken, { url: `/le_${'9'.repeat(32)}` })).toBe('401 access.denied');
    expect(await ask(witnessToken, { url: '/nothing/about/a/lease' })).toBe('401 access.denied');
  });

  it('asks nobody who he is where everybody may come', async () => {
    route(['public']);
    for (const token of [undefined, 'junk', tokens.operator]) expect(await ask(token)).toBe('public/');
  });

  it('shows everybody what is for everybody, and more to who may see more', async () => {
    route(['public', 'marketplace']);
    expect(await ask(undefined)).toBe('public/');
    expect(await ask(tokens.marketplace)).toBe('marketplace/marketplace');
    expect(await ask(tokens.device)).toBe('public/');
    // Less without a word would be taken for all there is.
    expect(await ask(`ak_${'0'.repeat(64)}`)).toBe('401 access.denied');
  });

  it('is as closed for what is asked by HEAD', async () => {
    route(['operator']);
    expect((await app.inject({ method: 'HEAD', url: '/x' })).statusCode).toBe(401);
  });

  it('writes into the OpenAPI document which roles may', async () => {
    const documented: unknown[] = [];
    app.addHook('onRoute', ({ method, schema }) => {
      if (method === 'GET') documented.push((schema as { security?: unknown } | undefined)?.security);
    });
    for (const [index, access] of [['public'], ['public', 'marketplace'], ['device', 'local']].entries())
      route(access as Role[], `/${index}`);
    expect(documented).toEqual([[{}], [{}, { token: ['marketplace'] }], [{ token: ['device'] }]]);
  });

  it('tells nobody apart where nothing is served', async () => {
    expect(await ask(undefined, { url: '/a/b/c' })).toBe('404 request.not-found');
  });

  describe('with local access', () => {
    it.each(['127.0.0.1', '::1', '::ffff:127.0.0.1'])('takes %s for this machine', async (from) => {
      route(['operator', 'local']);
      expect(await ask(undefined, { from })).toBe('local/');
    });

    it.each(['192.0.2.1', '10.0.0.1', '::', '2001:db8::1', '::ffff:10.0.0.1'])(
      'takes %s for another, which needs a key',
      async (from) => {
        route(['operator', 'local']);
        expect(await ask(undefined, { from })).toBe('401 access.denied');
        expect(await ask(tokens.operator, { from })).toBe('operator/operator');
      },
    );

    it.each(['x-forwarded-for', 'forwarded', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'via'])(
      'does not take for local what a proxy on this machine passed on: %s',
      async (name) => {
        route(['operator', 'local']);
        expect(await ask(undefined, { from: '127.0.0.1', headers: { [name]: '127.0.0.1' } })).toBe(
          '401 access.denied',
        );
      },
    );

    it.each([
      ['localhost', 'local/'],
      ['127.0.0.1:8080', 'local/'],
      ['[::1]:8080', 'local/'],
      ['rebound.example', '401 access.denied'],
      ['127.0.0.1.rebound.example:8080', '401 access.denied'],
    ])('takes a page that was opened by the name %s for: %s', async (host, expected) => {
      route(['operator', 'local']);
      expect(await ask(undefined, { from: '127.0.0.1', headers: { host } })).toBe(expected);
    });

    it('does not let a wrong key in because it came from here', async () => {
      route(['operator', 'local']);
      expect(await ask(`ak_${'0'.repeat(64)}`, { from: '127.0.0.1' })).toBe('401 access.denied');
    });
  });
});
