import { setTimeout as sleep } from 'node:timers/promises';
import type { Squarer } from '../../challenges/engines/squarer.js';
import { fromHex } from '../../protocol/bytes.js';
import { systemClock } from '../../protocol/clock.js';
import { type Code, codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';
import type { HardwareReport } from '../../protocol/messages/hardware.js';
import type { AgentMessage, VerifierMessage } from '../../protocol/messages/wire.js';
import type { CardLoad } from '../cards/load.js';
import type { CardProver } from '../exam/prover.js';
import { ExamRunner } from '../exam/runner.js';
import { type ClaimedCard, claimsToSend, withClaims } from '../hardware/claimed.js';
import { type RawReport, sealReport } from '../hardware/report.js';
import { reportWithin, roomBeside } from '../hardware/report-size.js';
import type { Identity } from '../identity.js';
import { OfflineRunner } from '../offline/runner.js';
import { agentInfo } from '../version.js';
import { VerifierApi } from './api.js';
import { type Backoff, backoffDelay, defaultBackoff } from './backoff.js';
import type { SupplierEvent } from './events.js';
import { openSocket } from './socket.js';

/** What is claimed of a card, and what answers for it; null where no engine runs on it. */
export interface SupplierCard extends ClaimedCard {
  readonly prover: CardProver | null;
  /** How busy the card is with its tenant's work; absent where nobody can say. */
  readonly load?: CardLoad;
}

export interface SupplierOptions {
  readonly verifier: URL;
  readonly identity: Identity;
  /** Shown beside the id; 1 to 64 characters. */
  readonly name: string;
  readonly cards: readonly SupplierCard[];
  /** What the machine says about itself; ids leave it as keyed hashes. Absent where nothing is said. */
  readonly hardware?: RawReport;
  /** Solana address that is to earn by the device; absent where it stays as it is. */
  readonly wallet?: string | undefined;
  /** Proves outages; stays open. Where it is absent no trial is answered and no outage is proven. */
  readonly squarer?: Squarer;
  /** Ends the supplier. */
  readonly signal: AbortSignal;
  /** Told nothing any more once `signal` ended it: what is stopped fails, and that is no news. */
  readonly events: (event: SupplierEvent) => void;
  readonly backoff?: Partial<Backoff>;
  /** Uniform in [0, 1): spreads reconnections. */
  readonly random?: () => number;
}

/** Trying again would be refused again: a person has to change something. */
const fatalCodes: ReadonlySet<Code> = new Set<Code>([
  'device.retired',
  'signature.invalid',
  'signature.wrong-host',
  'cards.too-many',
  'cards.duplicate',
  'wallet.address-invalid',
  'request.invalid',
  'request.too-large',
  'request.not-found',
  'agent.verifier-refused',
  'agent.too-old',
]);

/** Said by a verifier among others: the next try finds another one, or this one ready. */
const movingCodes: ReadonlySet<Code> = new Set<Code>(['session.moving', 'service.draining']);

/**
 * Runs one device against one verifier: enrols, opens a session, connects, answers exams, proves outages, and reconnects
 * by itself. Holds nothing outside this call, so that many can run in one process. The provers and the squarer stay open.
 *
 * @returns when `signal` ends it
 * @throws TouchstoneError with the verifier's code where trying again is of no use
 */
export async function runSupplier(options: SupplierOptions): Promise<void> {
  await new Supplier(options).run();
}

class Supplier {
  readonly #options: SupplierOptions;
  readonly #api: VerifierApi;
  readonly #backoff: Backoff;
  readonly #runner: ExamRunner;
  readonly #offline: OfflineRunner | null;
  #send: (message: AgentMessage) => void = () => {};
  #enrolled = false;
  #token: string | undefined;
  /** True until a connection was tried with the token. */
  #tokenFresh = false;
  /** Failures in a row. */
  #failures = 0;

  constructor(options: SupplierOptions) {
    this.#options = options;
    this.#api = new VerifierApi(options.verifier);
    this.#backoff = { ...defaultBackoff, ...options.backoff };
    const send = (message: AgentMessage): void => this.#send(message);
    const events = (event: SupplierEvent): void => {
      if (!options.signal.aborted) options.events(event);
    };
    this.#runner = new ExamRunner({
      provers: options.cards.map((card) => card.prover),
      loads: options.cards.map((card) => card.load),
      identity: options.identity,
      send,
      events,
    });
    const { squarer } = options;
    const offline = { walks: this.#runner, send, events, clock: systemClock };
    this.#offline = squarer ? new OfflineRunner({ squarer, ...offline }) : null;
  }

  async run(): Promise<void> {
    try {
      await this.#stayConnected();
    } finally {
      await this.#offline?.close();
    }
  }

  async #stayConnected(): Promise<void> {
    const { signal } = this.#options;
    while (!signal.aborted) {
      const error = await this.#connectOnce();
      if (signal.aborted || error === undefined) return;
      if (fatalCodes.has(error.code)) throw error;
      await this.#wait(error);
    }
  }

  /** One way through: as much of enrolment and session as is missing, then a connection until it ends. */
  async #connectOnce(): Promise<TouchstoneError | undefined> {
    try {
      if (!this.#enrolled) await this.#enrol();
      this.#token ??= await this.#openSession();
      return await this.#converse(this.#token);
    } catch (error) {
      if (this.#options.signal.aborted) return undefined;
      if (error instanceof TouchstoneError) return error;
      throw error;
    }
  }

  async #enrol(): Promise<void> {
    const { identity, name, cards, wallet, signal, events } = this.#options;
    const key = await this.#fingerprintKey();
    const said = {
      device: identity.device,
      nonce: await this.#api.nonce(signal),
      host: this.#api.host,
      name,
      agent: agentInfo,
      cards: claimsToSend(cards, key),
      ...(wallet !== undefined && { wallet }),
    };
    const hardware = key && this.#sealed(key, roomBeside(said));
    const fields = { ...said, ...(hardware && { hardware }) };
    await this.#api.enrol({ ...fields, signature: identity.sign('enrol', fields) }, signal);
    this.#enrolled = true;
    events({ type: 'connection.enrolled', device: identity.device });
  }

  /** What ids are hashed with; null where there are none, and where the verifier is too old to have one: ids stay here then. */
  async #fingerprintKey(): Promise<Uint8Array | null> {
    const { hardware, cards, signal } = this.#options;
    if (!hardware && cards.every(({ claim }) => claim.hardwareId === undefined)) return null;
    const { fingerprintKey } = await this.#api.verifier(signal);
    return fingerprintKey === undefined ? null : fromHex(fingerprintKey);
  }

  #sealed(key: Uint8Array, room: number): HardwareReport | null {
    const { hardware, cards } = this.#options;
    return hardware ? reportWithin(sealReport(withClaims(hardware, cards), key), room) : null;
  }

  async #openSession(): Promise<string> {
    const { identity, signal } = this.#options;
    const nonce = await this.#api.nonce(signal);
    const fields = { device: identity.device, nonce, host: this.#api.host };
    const request = { ...fields, signature: identity.sign('session', fields) };
    const { token } = await this.#api.openSession(request, signal);
    this.#tokenFresh = true;
    return token;
  }

  async #converse(token: string): Promise<TouchstoneError | undefined> {
    const { signal, events } = this.#options;
    let openedAt = Number.POSITIVE_INFINITY;
    const socket = openSocket({
      url: this.#api.socketUrl,
      token,
      signal,
      onOpen: () => {
        openedAt = performance.now();
        events({ type: 'connection.open' });
        this.#offline?.lineUp();
      },
      onMessage: (message) => this.#take(message),
      onUnknown: (message) => events({ type: 'connection.ignored', message }),
      onSilence: (silent) => (silent ? this.#offline?.lineDown(socket.silentMs) : this.#offline?.lineHeard()),
    });
    this.#send = socket.send;
    const error = await socket.ended;
    this.#send = () => {};
    // Where another agent has the line of this device, it is not down.
    if (error !== undefined && error.code !== 'session.superseded') this.#offline?.lineDown(socket.silentMs);
    if (performance.now() - openedAt >= this.#backoff.stableMs) this.#failures = 0;
    return error;
  }

  #take(message: VerifierMessage): void {
    const { events } = this.#options;
    switch (message.type) {
      case 'status':
        return events({ ...message, type: 'connection.status' });
      case 'agent.oldest':
        return events({ ...message, type: 'connection.version' });
      case 'session':
        this.#token = message.token;
        return;
      case 'error':
        this.#offline?.refused(message.code);
        return events({ ...message, type: 'connection.refused' });
      case 'offline.trial':
      case 'offline.chain':
      case 'offline.open':
      case 'offline.verdict':
        return this.#offline?.handle(message);
      default:
        this.#runner.handle(message);
    }
  }

  async #wait(error: TouchstoneError): Promise<void> {
    const { events, random = Math.random, signal } = this.#options;
    if (error.code === 'session.invalid' || error.code === 'session.ended') {
      this.#token = undefined;
      // The verifier is there again and knows an old session no more: the next try will do. Not so for a new session.
      if (!this.#tokenFresh) this.#failures = 0;
    }
    this.#tokenFresh = false;
    if (movingCodes.has(error.code)) this.#failures = 0;
    if (error.code === 'device.unknown') this.#enrolled = false;
    this.#failures += 1;
    const superseded = error.code === 'session.superseded';
    const jittered = backoffDelay(this.#backoff, this.#failures, random);
    const floor = superseded ? this.#backoff.supersededMs : Number(error.data.retryAfterMs ?? 0);
    const retryInMs = Math.round(floor + jittered);
    const message = superseded ? `${error.message} ${codeTable[error.code].fix}` : error.message;
    events({ type: 'connection.waiting', code: error.code, message, retryInMs });
    // Only an abort rejects, and the loop sees that one.
    await sleep(retryInMs, undefined, { signal }).catch(() => {});
  }
}
