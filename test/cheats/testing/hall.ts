import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VerifierApi } from '../../../agent/connection/api.js';
import { runSupplier, type SupplierCard, type SupplierOptions } from '../../../agent/connection/supplier.js';
import type { CardProver } from '../../../agent/exam/prover.js';
import { identityOf } from '../../../agent/identity.js';
import type { ComputeEngine } from '../../../challenges/engines/engine.js';
import type { TableEngine } from '../../../challenges/engines/table.js';
import { isFinal } from '../../../demo/verdict.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import { type EngineOptions, enginesOn, proverOn } from '../../../simulator/card.js';
import { type ChipTenant, SimulatedChip } from '../../../simulator/chip.js';
import { type ClaimedName, claimGpu } from '../../../simulator/claims.js';
import { startHostEngines } from '../../../simulator/host/host-engines.js';
import { type Scale, scaledCatalogue } from '../../../simulator/scaled-catalogue.js';
import { evenly, type ShareRule } from '../../../simulator/sharing.js';
import type { DeviceDocument } from '../../../verifier/documents/schemas.js';
import { startVerifier } from '../../../verifier/main.js';
import { defaultOptions, type VerifierOptions } from '../../../verifier/options.js';

/** One that comes to be examined. `run` is the agent, the real one where absent. */
export interface Entrant {
  readonly claim: CardClaim;
  readonly prover: CardProver;
  /** How busy its host says that it is. */
  readonly load?: SupplierCard['load'];
  readonly run?: (options: SupplierOptions) => Promise<void>;
}

/** How a chip differs from that of an honest card, as factors. */
export interface ChipOptions {
  /** On its rate in the compute exam. */
  readonly speed?: number;
  /** On its rate of making pages of a table. */
  readonly tableSpeed?: number;
  readonly bandwidth?: number;
  readonly memory?: number;
  readonly share?: ShareRule;
}

/** How the engines of an identity differ from those of an honest card. */
export interface CardOptions extends EngineOptions {
  readonly compute?: (engine: ComputeEngine) => ComputeEngine;
  readonly table?: (engine: TableEngine) => TableEngine;
}

/** A real verifier on embedded parts, and chips to cheat with. */
export interface Hall {
  readonly url: URL;
  /** Of the verifier: its keys are there. */
  readonly dataDir: string;
  /** An RTX 4090's claim, with a hardware id of its own. */
  claim(model?: ClaimedName): CardClaim;
  /** A new chip that does as much as an honest card of the model. */
  chip(model?: ClaimedName, options?: ChipOptions): SimulatedChip;
  /** The prover of one identity on a chip. */
  card(tenant: ChipTenant, options?: CardOptions): CardProver;
  /** An honest card that has time to spare: on a busy machine the simulation is late. */
  honest(): Entrant;
  /** Starts one, and returns its device id. */
  enter(name: string, entrant: Entrant, events?: SupplierOptions['events']): string;
  /** What the verifier says of a device now. */
  document(device: string): Promise<DeviceDocument>;
  /** Lets all be examined together, and returns what the verifier says of each once it has a verdict. */
  examine<Name extends string>(entrants: Record<Name, Entrant>): Promise<Record<Name, DeviceDocument>>;
  close(): Promise<void>;
}

export interface HallTimes {
  /** What an exam takes on an honest card. */
  readonly examSeconds?: number;
  /** How long a card has to open its pages. */
  readonly revealMs?: number;
  /** The usual one when absent. */
  readonly scale?: Scale;
}

/**
 * @param options in which else the verifier departs from the usual one
 */
export async function openHall(
  { examSeconds = 1, revealMs = 1_000, scale }: HallTimes = {},
  options: Partial<VerifierOptions> = {},
): Promise<Hall> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-cheats-'));
  const world = scaledCatalogue(undefined, scale);
  const verifier = await startVerifier({
    ...defaultOptions,
    port: 0,
    dataDir,
    catalogue: world.catalogue,
    cohortMs: 500,
    examSeconds,
    revealMs,
    requestsPerMinute: 100_000,
    enrolmentsPerHour: 100_000,
    // Here the devices compute in the verifier's own process, and stop it for as long as they do.
    busyAfterMs: 0,
    drainMs: 0,
    logLevel: 'silent',
    ...options,
  });
  const url = new URL(verifier.url);
  const api = new VerifierApi(url);
  const host = startHostEngines();
  const ends: AbortController[] = [];
  const running: Promise<void>[] = [];

  const chip: Hall['chip'] = (model = 'RTX 4090', options = {}) => {
    const { speed = 1, tableSpeed = 1, bandwidth = 1, memory = 1, share = evenly } = options;
    const usual = world.chip(model);
    return new SimulatedChip({
      opsPerSecond: usual.opsPerSecond * speed,
      tableOpsPerSecond: usual.tableOpsPerSecond * tableSpeed,
      bytesPerSecond: usual.bytesPerSecond * bandwidth,
      memoryBytes: usual.memoryBytes * memory,
      share,
    });
  };

  const claim: Hall['claim'] = (model = 'RTX 4090') => claimGpu(world.claimed(model), randomBytes);

  const card: Hall['card'] = (tenant, { compute = same, table = same, ...options } = {}) => {
    const engines = enginesOn(tenant, host, options);
    return proverOn(tenant, { compute: compute(engines.compute), table: table(engines.table) });
  };

  const enter: Hall['enter'] = (name, { claim, prover, load, run = runSupplier }, events = () => {}) => {
    const identity = identityOf(randomBytes(32));
    const end = new AbortController();
    ends.push(end);
    const cards = [{ claim, prover, ...(load !== undefined && { load }) }];
    running.push(run({ verifier: url, identity, name, cards, signal: end.signal, events }));
    return identity.device;
  };

  return {
    url,
    dataDir,
    claim,
    chip,
    card,
    honest: () => ({ claim: claim(), prover: card(chip('RTX 4090', { speed: 1.5 }).tenant()) }),
    enter,
    document: async (device) => JSON.parse(await api.device(device)) as DeviceDocument,
    async examine<Name extends string>(entrants: Record<Name, Entrant>) {
      const documents = await Promise.all(
        Object.entries<Entrant>(entrants).map(async ([name, entrant]) => [
          name,
          await verdictOn(enter(name, entrant), api),
        ]),
      );
      return Object.fromEntries(documents) as Record<Name, DeviceDocument>;
    },
    async close() {
      for (const end of ends) end.abort();
      await Promise.allSettled(running);
      await verifier.close();
      await host.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const same = <T>(engine: T): T => engine;

async function verdictOn(device: string, api: VerifierApi): Promise<DeviceDocument> {
  for (;;) {
    const text = await api.device(device).catch(() => null);
    const document = text === null ? null : (JSON.parse(text) as DeviceDocument);
    if (document !== null && isFinal(document.status)) return document;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** All reason codes that a device's document names: of its status and of its last exams. */
export function reasonsOf(document: DeviceDocument): string[] {
  const reasons = [...document.reasons, ...document.cards.flatMap(({ lastExam }) => lastExam?.reasons ?? [])];
  return [...new Set(reasons.map(({ code }) => code))];
}
