/**
 * What works for devices while this verifier is their home, and keeps something about them in memory. A device has one home
 * at most; homes.ts sees to it that all of these are told.
 */
export interface HomeWork {
  readonly name: string;
  /** The device's home is here from now on: take up what another verifier left in the hot state. Before `connected`. */
  arrive(device: string): Promise<void>;
  /**
   * Another verifier asks for the device, or we close. Its line is closed already. Nothing more is begun for it; resolves when
   * what can end has ended, the rest stands in the hot state, and everything about the device is forgotten here.
   */
  leave(device: string): Promise<void>;
  /** We may not be the home any more (the hot state was lost or out of reach for long): what is under way ends as ours. */
  lapse(device: string): Promise<void>;
}
