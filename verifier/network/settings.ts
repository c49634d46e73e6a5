/** How a line is measured. Times in milliseconds. */
export interface NetworkSettings {
  /** Round trips, one after the other was answered. */
  readonly roundTrips: number;
  /** Longest wait for one of them. */
  readonly pingMs: number;
  /** None begins later than this after the first. */
  readonly roundTripsMs: number;
  /** Bytes of the download and of the upload. */
  readonly transferBytes: number;
  /** The device reports after each so many bytes of the download. */
  readonly reportBytes: number;
  /** Longest time of the download, and of the upload. */
  readonly transferMs: number;
  /** Longest wait for what is still on the way when a transfer has run out of time. */
  readonly quietMs: number;
  /** Devices with which transfers run at once: they share our own line. */
  readonly atOnce: number;
  /** Longest wait for one's turn; then the line is not measured this time. */
  readonly waitMs: number;
}

/** A measurement takes 58 seconds at the very most, and about one on a usual line. */
export const defaultNetworkSettings: NetworkSettings = {
  roundTrips: 20,
  pingMs: 2_000,
  roundTripsMs: 6_000,
  transferBytes: 4 * 1024 * 1024,
  reportBytes: 32 * 1024,
  transferMs: 10_000,
  quietMs: 10_000,
  atOnce: 4,
  waitMs: 10_000,
};
