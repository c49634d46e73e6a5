import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { Clock, RandomBytes } from '../../protocol/clock.js';
import type { AlarmRaisedFact } from '../../scoring/facts/access.js';
import type { Fact } from '../../scoring/facts/facts.js';
import type { Sessions } from '../identity/sessions.js';
import { isWitness } from '../leases/access.js';
import type { Leases } from '../leases/leases.js';
import type { VerifierOptions } from '../options.js';
import type { HotState } from '../state/state.js';
import { ApiKeys } from './api-keys.js';
import { Callers } from './callers.js';
import { installAccess } from './guard.js';
import { WalletSessions } from './wallet-sessions.js';
import { WalletSignIn } from './wallet-sign-in.js';
import { watchWrites } from './watch-writes.js';
import { WriteAlarm } from './write-alarm.js';

export interface AccessParts {
  readonly options: Pick<VerifierOptions, 'dataDir' | 'sharedDir' | 'publicHosts' | 'corsOrigins'>;
  /** Names under which this verifier is reached; complete once it listens. */
  readonly ownHosts: () => ReadonlySet<string>;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  readonly random: RandomBytes;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  readonly state: HotState;
  readonly sessions: Pick<Sessions, 'deviceOf'>;
  readonly leases: Pick<Leases, 'get'>;
  readonly record: (facts: readonly Fact[]) => Promise<void>;
  /** Under which addresses are hashed, the same at every verifier; 32 bytes. */
  readonly addressKey: Uint8Array;
  /** For metrics. */
  readonly observeAlarm: (fact: AlarmRaisedFact) => void;
}

/** Who may do what. */
export interface Access {
  readonly keys: ApiKeys;
  readonly wallets: WalletSessions;
  readonly signIn: WalletSignIn;
  /** The door, for all routes that are registered later. After the limits of addresses, before the routes. */
  install(app: FastifyInstance): void;
  close(): Promise<void>;
}

/** @throws TouchstoneError `keys.unreadable` */
export async function openAccess(parts: AccessParts): Promise<Access> {
  const { options, ownHosts, clock, random, log, state, sessions, leases } = parts;
  const keys = await ApiKeys.open({ ...options, clock, log });
  const wallets = new WalletSessions(state, random, clock);
  const pages = options.corsOrigins.map((origin) => new URL(origin).host);
  const domains = () => [...new Set([...options.publicHosts, ...ownHosts(), ...pages])];
  const callers = new Callers({
    sessions,
    wallets,
    keys,
    isWitness: (lease, token) => isWitness(leases, lease, token),
  });
  const alarm = new WriteAlarm({ ...parts, observe: parts.observeAlarm });
  return {
    keys,
    wallets,
    signIn: new WalletSignIn({ state, random, clock, domains }),
    install(app) {
      installAccess(app, callers);
      watchWrites(app, alarm, callers, parts.addressKey);
    },
    close: () => keys.close(),
  };
}
