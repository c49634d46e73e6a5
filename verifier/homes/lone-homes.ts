import { Serial } from '../devices/serial.js';
import type { HomeWork } from './home-work.js';
import type { Home } from './homes-port.js';
import type { Homes } from './homes-service.js';

/** Of a verifier that runs alone: every device is at home here, and is taken up when it is first turned to. */
export class LoneHomes implements Homes {
  readonly self: string;
  readonly #works: () => readonly HomeWork[];
  readonly #arrived = new Set<string>();
  readonly #serial = new Serial();
  #url = '';

  constructor(self: string, works: () => readonly HomeWork[]) {
    this.self = self;
    this.#works = works;
  }

  get size(): number {
    return this.#arrived.size;
  }

  async homeOf(): Promise<Home> {
    return 'here';
  }

  async take(device: string): Promise<void> {
    if (this.#arrived.has(device)) return;
    await this.#serial.run(device, async () => {
      if (this.#arrived.has(device)) return;
      for (const work of this.#works()) await work.arrive(device);
      this.#arrived.add(device);
    });
  }

  async takeIfFree(device: string): Promise<boolean> {
    await this.take(device);
    return true;
  }

  isHere(): boolean {
    return true;
  }

  admits(): boolean {
    return true;
  }

  async members() {
    return [{ verifier: this.self, url: this.#url }];
  }

  async announce(): Promise<void> {}

  unshipped() {
    return [];
  }

  lineUp(): number | null {
    return null;
  }

  lineDown(): void {}

  async join(url: string): Promise<void> {
    this.#url = url;
  }

  async leave(): Promise<void> {}

  async close(): Promise<void> {}
}
