/**
 * What works for devices while this verifier is their home, and keeps something about them in memory. A device has one home
 * at most; homes.ts sees to it that all of these are told, of one device one thing after the other.
 */
export interface HomeWork {
  readonly name: string;
  /** The device's home is here from now on: take up what another verifier left in the hot state. Before `connected`. */
  arrive(device: string): Promise<void>;
  /**
   * Another verifier asks for the device, or we close. Its line is closed already, and `disconnected` was told. Nothing more is
   * begun for it; resolves when what can end has ended, the rest stands in the hot state, and everything about the device is
   * forgotten here. Facts about it are taken until it resolves, and not after.
   */
  leave(device: string): Promise<void>;
  /**
   * We may not be the home any more (the hot state was lost or out of reach for long): what is under way ends as ours, and what
   * is kept about the device is forgotten. Facts about it are refused but for exams and probes whose outcome is `ours`. Where
   * its line still lives, `arrive` and `connected` follow when we are its home again, without a `disconnected` in between.
   * Nothing is left in the hot state from here on: another home may write there. Also told where `leave` failed or did not end.
   */
  lapse(device: string): Promise<void>;
  /** Whether a device that is away keeps its home here, such as one that is leased. Absent: never. */
  holds?(device: string): boolean;
}
