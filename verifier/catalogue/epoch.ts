const hourMs = 3600_000;

/** The UTC hour of an instant, counted from 1970. @param at milliseconds since 1970 */
export const epochOf = (at: number): number => Math.floor(at / hourMs);

/** The begin of an epoch, milliseconds since 1970. */
export const beginOf = (epoch: number): number => epoch * hourMs;
