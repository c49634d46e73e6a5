import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VerifierApi } from '../../../agent/connection/api.js';
import { runSupplier, type SupplierOptions } from '../../../agent/connection/supplier.js';
import type { CardProver } from '../../../agent/exam/prover.js';
import { identityOf } from '../../../agent/identity.js';
import type { ComputeEngine } from '../../../challenges/engines/engine.js';
import { isFinal } from '../../../demo/verdict.js';
import type { CardClaim } from '../../../protocol/messages/cards.js';
import { type ChipTenant, SimulatedChip } from '../../../simulator/chip.js';
import { type ClaimedName, claimedModels, claimGpu } from '../../../simulator/claims.js';
import { ChipEngine } from '../../../simulator/engine.js';
import { startHostEngine } from '../../../simulator/host/host-engine.js';
import { scaledCatalogue, simulatedEngine } from '../../../simulator/scaled-catalogue.js';
import { evenly, type ShareRule } from '../../../simulator/sharing.js';
import type { DeviceDocument } from '../../../verifier/documents/schemas.js';
import { startVerifier } from '../../../verifier/main.js';
import { defaultOptions } from '../../../verifier/options.js';

/** One that comes to be examined. `run` is the agent, the real one where absent. */
export interface Entrant {
  readonly claim: CardClaim;
  readonly prover: CardProver;
  readonly run?: (options: SupplierOptions) => Promise<void>;
}

/** A real verifier on embedded parts, and chips to cheat with. */
export interface Hall {
  /** An RTX 4090's claim, with a hardware id of its own. */
  claim(model?: ClaimedName): CardClaim;
  /** A new chip that does as much as an honest card of the model. */
  chip(model?: ClaimedName, options?: { speed?: number; share?: ShareRule }): SimulatedChip;
  /** One that has time to spare where the rate is not what is tested: on a busy machine the simulation is late. */
  fastChip(): SimulatedChip;
  /** The engine of one identity on a chip; of a new RTX 4090 where absent. `name` is what it says it is. */
  engine(tenant?: ChipTenant, name?: string): ComputeEngine;
  /** Starts one, and returns its device id. */
  enter(name: string, entrant: Entrant, events?: SupplierOptions['events']): string;
  /** What the verifier says of a device now. */
  document(device: string): Promise<DeviceDocument>;
  /** Lets all be examined together, and returns what the verifier says of each once it has a verdict. */
  examine<Name extends string>(entrants: Record<Name, Entrant>): Promise<Record<Name, DeviceDocument>>;
  close(): Promise<void>;
}

/**
 * @param times.examSeconds what an exam takes on an honest card
 * @param times.revealMs how long a card has to open its pages
 */
export async function openHall({ examSeconds = 1, revealMs = 1_000 } = {}): Promise<Hall> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-cheats-'));
  const { catalogue, operationsPerSecond } = scaledCatalogue();
  const verifier = await startVerifier({
    ...defaultOptions,
    port: 0,
    dataDir,
    catalogue,
    cohortMs: 500,
    examSeconds,
    revealMs,
    requestsPerMinute: 100_000,
    enrolmentsPerHour: 100_000,
    // Here the devices compute in the verifier's own process, and stop it for as long as they do.
    busyAfterMs: 0,
    logLevel: 'silent',
  });
  const url = new URL(verifier.url);
  const api = new VerifierApi(url);
  const host = startHostEngine();
  const ends: AbortController[] = [];
  const running: Promise<void>[] = [];

  const chip: Hall['chip'] = (model = 'RTX 4090', { speed = 1, share = evenly } = {}) =>
    new SimulatedChip({
      opsPerSecond: operationsPerSecond(model) * speed,
      memoryBytes: claimedModels[model].memoryBytes,
      share,
    });

  const enter: Hall['enter'] = (name, { claim, prover, run = runSupplier }, events = () => {}) => {
    const identity = identityOf(randomBytes(32));
    const end = new AbortController();
    ends.push(end);
    const cards = [{ claim, prover }];
    running.push(run({ verifier: url, identity, name, cards, signal: end.signal, events }));
    return identity.device;
  };

  return {
    claim: (model = 'RTX 4090') => claimGpu(claimedModels[model], randomBytes),
    chip,
    fastChip: () => chip('RTX 4090', { speed: 1.5 }),
    engine: (tenant = chip().tenant(), name = simulatedEngine) => new ChipEngine(name, tenant, host),
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
