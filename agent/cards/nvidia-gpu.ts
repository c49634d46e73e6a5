import type { FoundCard } from './found-card.js';

/** A card and where it is plugged in, such as `00000000:65:00.0`. */
export type NvidiaGpu = FoundCard & {
  readonly pciBusId?: string;
  /** Whether it is a part of a GPU that is split in hardware (MIG). */
  readonly slice?: boolean;
};
