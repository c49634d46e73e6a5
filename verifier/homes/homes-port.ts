/** Where a device is at home. */
export type Home = 'here' | 'nowhere' | { readonly verifier: string; readonly url: string };

/** Which verifier works for which device. In a verifier that runs alone every device is at home here. */
export interface HomesPort {
  /** This verifier's name among its like, `ve_` and 16 hexadecimal digits; another at each start. */
  readonly self: string;
  homeOf(device: string): Promise<Home>;
  /**
   * Makes this the home of a device; a living home elsewhere is asked to let go first. Resolves when the device's view is up to
   * date here and every `HomeWork` has taken it up.
   * @throws TouchstoneError `session.moving` where the other home doesn't let go in time, `service.busy` without hot state
   */
  take(device: string): Promise<void>;
  /**
   * The same where it has no home that lives: for whoever looks after devices that may be away, and must not pull one away from
   * the verifier that it has turned to.
   * @returns whether this is its home now
   * @throws TouchstoneError `service.busy` without hot state
   */
  takeIfFree(device: string): Promise<boolean>;
  /** Whether this verifier may act for the device now: it is the home, and its membership is alive. */
  isHere(device: string): boolean;
  /** Verifiers that live now, this one among them. */
  members(): Promise<readonly { readonly verifier: string; readonly url: string }[]>;
}
