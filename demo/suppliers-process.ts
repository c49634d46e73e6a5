// The process of the demo's simulated suppliers; the demo starts it with an IPC channel and sends one message.
import { randomBytes } from 'node:crypto';
import { runSupplier } from '../agent/connection/supplier.js';
import { identityOf } from '../agent/identity.js';
import { startHostEngines } from '../simulator/host/host-engines.js';
import type { FleetPlan } from '../simulator/plan.js';
import { simulateFleet } from '../simulator/suppliers.js';

/** What the demo sends. */
export interface SuppliersOrder {
  readonly verifier: string;
  readonly plan: FleetPlan;
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
  for (const { name, identity, claim, prover } of devices) {
    // What a supplier rejects with can't be put right: it ends the process, and the demo says so.
    void runSupplier({
      verifier: new URL(order.verifier),
      identity,
      name,
      cards: [{ claim, prover }],
      signal: new AbortController().signal,
      events: () => {},
    });
  }
});
