import type { Logger } from 'pino';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { DeviceId } from '../../protocol/ids.js';
import type { HotState } from '../state/state.js';

const Call = Type.Union([
  /** Let go of a device: its home is to be `to`. */
  Type.Object({ type: Type.Literal('ask'), device: DeviceId, to: Type.String() }),
  /** That was done. */
  Type.Object({ type: Type.Literal('gave'), device: DeviceId }),
]);
export type Call = Static<typeof Call>;
const call = Compile(Call);

const channelOf = (verifier: string): string => `homes/${verifier}`;

/**
 * What verifiers call to each other about devices. A call may be lost: whoever wants something asks again until the hot state
 * shows that it is done.
 */
export class Calls {
  readonly #state: HotState;
  readonly #log: Pick<Logger, 'warn'>;
  readonly #waiting = new Map<string, () => void>();
  #end: (() => Promise<void>) | null = null;

  constructor(state: HotState, log: Pick<Logger, 'warn'>) {
    this.#state = state;
    this.#log = log;
  }

  /** Hears what is called to this verifier. @throws TouchstoneError `service.busy` */
  async listen(self: string, asked: (device: string, to: string) => void): Promise<void> {
    if (this.#end !== null) return;
    this.#end = await this.#state.subscribe(channelOf(self), (text) => {
      const message = parse(text);
      if (message?.type === 'ask') asked(message.device, message.to);
      if (message?.type === 'gave') this.#waiting.get(message.device)?.();
    });
  }

  /** Asks for a device, and waits until it may be there or a while has passed. */
  async ask(verifier: string, device: string, to: string, waitMs: number): Promise<void> {
    const told = new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#waiting.set(device, () => {
        clearTimeout(timer);
        resolve();
      });
    });
    this.#call(verifier, { type: 'ask', device, to });
    await told;
    this.#waiting.delete(device);
  }

  /** Tells a verifier that a device is its own now. */
  gave(verifier: string, device: string): void {
    this.#call(verifier, { type: 'gave', device });
  }

  async close(): Promise<void> {
    await this.#end?.();
    this.#end = null;
  }

  #call(verifier: string, message: Call): void {
    this.#state.publish(channelOf(verifier), JSON.stringify(message)).catch((error) => {
      this.#log.warn({ err: error, verifier }, 'a verifier could not be called');
    });
  }
}

function parse(text: string): Call | null {
  try {
    const content: unknown = JSON.parse(text);
    return call.Check(content) ? content : null;
  } catch {
    return null;
  }
}
