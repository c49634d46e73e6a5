// The process of the demo's simulated suppliers; the demo starts it with an IPC channel and sends one message.
import { randomBytes } from 'node:crypto';
import { runSupplier } from '../agent/connection/supplier.js';
import { identityOf } from '../agent/identity.js';
import { startHostEngines } from '../simulator/host/host-engines.js';
import type { FleetPlan } from '../simulator/plan.js';
import { simulateFleet } from '../simulator/suppliers.js';

/** What the demo sends first. */
export interface SuppliersOrder {
  readonly verifier: string;
  readonly plan: FleetPlan;
  /** Names of those who come when the demo sends something again. */
  readonly later: readonly string[];
}

/** What it gets back at once: which key each name has. */
export interface SuppliersReply {
  readonly devices: readonly { readonly name: string; readonly device: string; readonly claims: string }[];
}

// The demo is gone, or wants us to be: nothing here is worth keeping.
process.once('disconnect', () => process.exit());
process.once('SIGTERM', () => process.exit());

process.once('message', (order: SuppliersOrder) => {
  const suppliers = simulateFleet(order.plan, { host: startHostEngines(), random: randomBytes });
  const devices = suppliers.map((supplier) => ({ ...supplier, identity: identityOf(randomBytes(32)) }));
  const reply: SuppliersReply = {
    devices: devices.map(({ name, identity, claim }) => ({
      name,
      device: identity.device,
      claims: claim.model,
    })),
  };
  process.send?.(reply);
  const start = ({ name, identity, claim, prover, load }: (typeof devices)[number]) => {
    // What a supplier rejects with can't be put right: it ends the process, and the demo says so.
    void runSupplier({
      verifier: new URL(order.verifier),
      identity,
      name,
      cards: [{ claim, prover, load }],
      signal: new AbortController().signal,
      events: () => {},
    });
  };
  const isLate = ({ name }: { readonly name: string }) => order.later.includes(name);
  for (const device of devices) if (!isLate(device)) start(device);
  process.once('message', () => devices.filter(isLate).forEach(start));
});
