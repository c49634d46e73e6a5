import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseJson } from '../agent/connection/request.js';
import type { LeaseDocument } from '../protocol/messages/lease.js';
import { verifyReceipt } from '../scoring/receipt/verify.js';
import { addKey } from '../verifier/access/key-file.js';
import { LeasesApi } from './leases-api.js';
import type { JudgedLease } from './verdict.js';

/** So many probes are enough for a verdict either way: it takes five, most of them with one answer. */
const probes = 8;
const pauseMs = 250;

/** A device to be leased. */
export type Leased = Pick<JudgedLease, 'name' | 'truth'> & { readonly device: string };

export interface LeasesOptions {
  readonly verifier: URL;
  /** Of the verifier: a key is made there, as `touchstone keys add` does. */
  readonly dataDir: string;
  readonly devices: readonly Leased[];
  readonly say: (line: string) => void;
  /** Called when the last receipt is there. */
  readonly ended: () => void;
  readonly signal: AbortSignal;
}

/**
 * The demo as a marketplace: it leases some devices at once, each for as long as eight probes take, and checks the receipts.
 */
export class Leases {
  readonly #options: LeasesOptions;
  readonly #judged = new Map<string, JudgedLease>();
  #started = false;

  constructor(options: LeasesOptions) {
    this.#options = options;
  }

  /** One for each device; without a verdict where there is no receipt yet. */
  get judged(): JudgedLease[] {
    return this.#options.devices.map(
      ({ name, truth }) =>
        this.#judged.get(name) ?? { name, truth, verdict: null, confidence: 0, reasons: [] },
    );
  }

  get done(): boolean {
    return this.#options.devices.every(({ name }) => this.#judged.has(name));
  }

  /** Leases the devices, the first time that it is called. They must be verified. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    void this.#playAll();
  }

  async #playAll(): Promise<void> {
    const { verifier, dataDir, devices, signal, ended } = this.#options;
    const random = (length: number) => new Uint8Array(randomBytes(length));
    const key = await addKey(dataDir, { name: 'demo', role: 'marketplace', now: Date.now() }, random);
    const api = new LeasesApi(verifier, key, signal);
    await Promise.all(devices.map((leased) => this.#play(api, leased)));
    if (!signal.aborted) ended();
  }

  /** A lease that the verifier refuses has no verdict, and so a wrong one. */
  async #play(api: LeasesApi, { name, truth, device }: Leased): Promise<void> {
    const { say, signal } = this.#options;
    const judged = await receiptOf(api, device, (line) => say(`${name}: ${line}`), signal).catch(
      (error: unknown) => {
        if (!signal.aborted) say(`${name}: no receipt. ${error instanceof Error ? error.message : error}`);
        return { verdict: null, confidence: 0, reasons: [] };
      },
    );
    this.#judged.set(name, { name, truth, ...judged });
  }
}

/** Has a device handed over, probed and taken back, and checks the receipt. @throws TouchstoneError; the signal's reason */
async function receiptOf(
  api: LeasesApi,
  device: string,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<JudgedLease, 'name' | 'truth'>> {
  const { id } = await api.open(device, `demo ${device.slice(0, 8)}`);
  const until = async (there: (lease: LeaseDocument) => boolean): Promise<LeaseDocument> => {
    for (;;) {
      const lease = await api.lease(id);
      if (there(lease)) return lease;
      await sleep(pauseMs, undefined, { signal });
    }
  };
  say('a lease is asked for. First it is examined, and makes a small table to be probed on.');
  const { state } = await until((lease) => lease.state !== 'handing-over');
  if (state === 'active') {
    say('leased. Probes walk on its table beside the tenant.');
    while ((await api.probes(id)) < probes) await sleep(pauseMs, undefined, { signal });
    await api.end(id);
    say('the lease ends. It is examined again.');
    await until((lease) => lease.state === 'ended');
  }
  const { ok, receipt } = verifyReceipt(parseJson(await api.receipt(id)));
  if (!ok || receipt === null) return { verdict: null, confidence: 0, reasons: ['receipt.invalid'] };
  const { outcome, confidence, reasons } = receipt.verdict;
  return { verdict: outcome, confidence, reasons };
}
