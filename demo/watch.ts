import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { VerifierApi } from '../agent/connection/api.js';
import type { DeviceDocument } from '../verifier/documents/schemas.js';
import { isFinal } from './verdict.js';

/** Pauses between two looks at one device. Rare enough for the verifier's limit of requests from one address. */
const pause = { undecidedMs: 1000, decidedMs: 10_000 };

/** It has not enrolled yet, or the verifier is busy. Where it is gone, its process says so. */
const lookAgain = new Set([
  'device.unknown',
  'request.too-many',
  'service.busy',
  'agent.verifier-unreachable',
]);

/** The devices of the demo, as the verifier's public API shows them. */
export class Watch {
  /** The latest document of each device that has one. */
  readonly seen = new Map<string, DeviceDocument>();
  /** Each device's document when it last had a verdict: a refused device may be examined anew at once. */
  readonly verdicts = new Map<string, DeviceDocument>();
  readonly #api: VerifierApi;
  readonly #devices: readonly string[];

  constructor(verifier: URL, devices: readonly string[]) {
    this.#api = new VerifierApi(verifier);
    this.#devices = devices;
  }

  /** True when every device has had a verdict. */
  get decided(): boolean {
    return this.#devices.every((device) => this.verdicts.has(device));
  }

  /**
   * Goes on looking at all devices until `signal` ends it.
   *
   * @param changed called after each look
   * @throws TouchstoneError where the verifier can't be asked any more
   */
  async follow(changed: () => void, signal: AbortSignal): Promise<void> {
    // Each device's pause listens for the end.
    setMaxListeners(this.#devices.length + 10, signal);
    await Promise.all(this.#devices.map((device) => this.#followOne(device, changed, signal)));
  }

  async #followOne(device: string, changed: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#look(device, signal);
      if (signal.aborted) return;
      changed();
      const pauseMs = this.verdicts.has(device) ? pause.decidedMs : pause.undecidedMs;
      // Only the end of the watch rejects.
      await sleep(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  async #look(device: string, signal: AbortSignal): Promise<void> {
    try {
      const document = JSON.parse(await this.#api.device(device, signal)) as DeviceDocument;
      this.seen.set(device, document);
      if (isFinal(document.status)) this.verdicts.set(device, document);
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (signal.aborted || (code !== undefined && lookAgain.has(code))) return;
      throw error;
    }
  }
}
