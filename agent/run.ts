import { createSquarer } from '../challenges/engines/squaring/squarer.js';
import type { DeviceStatus } from '../protocol/status.js';
import { findCandidates } from './cards/find.js';
import { type StartedCard, startCard, triedEngines } from './cards/start.js';
import { runSupplier } from './connection/supplier.js';
import { readMachine } from './hardware/read-machine.js';
import { loadOrMakeIdentity } from './key-file.js';
import { afterFirstVerdicts } from './once.js';
import { figure } from './ui/checks-table.js';
import type { Display } from './ui/display.js';
import { memoryHelp } from './ui/memory-help.js';
import { narrate } from './ui/narrator.js';

export interface RunOptions {
  readonly verifier: URL;
  /** Directory of the key. */
  readonly home: string;
  readonly name: string;
  /** Solana address that is to earn by the device; absent where it stays as it is. */
  readonly wallet?: string | undefined;
  readonly allowSoftware: boolean;
  /** End after the first complete set of verdicts. */
  readonly once: boolean;
  /** Ends the agent in order. */
  readonly signal: AbortSignal;
  readonly display: Display;
}

/**
 * The agent as a supplier runs it: key, cards, connection, exams, until `signal` or `once` ends it.
 *
 * @returns the last status with `once`, null where it was not told; null without `once`
 * @throws TouchstoneError `agent.key-unreadable`, or a code with which the verifier turns the device away for good
 */
export async function runAgent(options: RunOptions): Promise<DeviceStatus | null> {
  const { display, verifier, name, wallet } = options;
  const identity = await loadOrMakeIdentity(options.home);
  display.info(`Device ${identity.device}, key in ${options.home}.`);
  // Tools may hang, and engines take their time: both at once.
  const reading = readMachine();
  const cards = await startCards(options.allowSoftware, display, options.signal);
  const hardware = await reading;
  display.info(
    'What this machine says about itself is sent with its claim, ids as hashes: see `touchstone agent status --fingerprint`.',
  );
  const enough = new AbortController();
  let status: DeviceStatus | null = null;
  const tell = narrate(
    display,
    cards.map((card) => card.claim.model),
  );
  const watch = afterFirstVerdicts((last) => {
    status = last;
    enough.abort();
  });
  const squarer = createSquarer();
  try {
    await runSupplier({
      verifier,
      identity,
      name,
      wallet,
      cards,
      hardware,
      squarer,
      signal: AbortSignal.any([options.signal, enough.signal]),
      events: (event) => {
        tell(event);
        if (options.once) watch(event);
      },
    });
  } finally {
    await Promise.all([closeCards(cards), squarer.close()]);
  }
  return status;
}

/**
 * Finds the cards of this machine and starts their engines, one after another, telling what was found.
 * @returns those that were started before `signal` stopped it
 */
export async function startCards(
  allowSoftware: boolean,
  display: Display,
  signal?: AbortSignal,
): Promise<StartedCard[]> {
  const started: StartedCard[] = [];
  for (const candidate of await findCandidates({ allowSoftware })) {
    try {
      const card = await startCard(candidate, signal);
      started.push(card);
      tellFound(card, display);
    } catch (error) {
      if (signal?.aborted) break;
      throw error;
    }
  }
  return started;
}

function tellFound({ claim, failed, failedTables }: StartedCard, display: Display): void {
  const { kind, model, engine, warmupGflops = 0, memoryEngine, tableGops = 0 } = claim;
  if (!engine) {
    display.warn(`Found ${kind} ${model}, but no engine for it. ${triedEngines(failed)}.`);
    return;
  }
  const found = `Found ${kind} ${model}: ${engine}, warm-up ${figure(warmupGflops)} GFLOP/s`;
  if (memoryEngine) display.info(`${found}; tables on ${memoryEngine}, ${figure(tableGops)} GOPS.`);
  else display.warn(`${found}; no engine for its memory. ${memoryHelp(failedTables)}`);
}

/** Stops the engines. */
export async function closeCards(cards: readonly StartedCard[]): Promise<void> {
  await Promise.all(cards.map((card) => card.prover?.close()));
}
