/**
 * Runs work on one device after the other, so that two decisions about it never rest on the same old state. Different
 * devices don't wait for each other.
 */
export class Serial {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(device: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(device) ?? Promise.resolve();
    const result = before.then(work, work);
    const tail = result.catch(() => {});
    this.#tails.set(device, tail);
    tail.then(() => {
      if (this.#tails.get(device) === tail) this.#tails.delete(device);
    });
    return result;
  }
}
