/** Minutes of a device: `up` of `countable`. Minutes of our outages are in neither. */
export interface Minutes {
  readonly up: number;
  readonly countable: number;
}

export interface Availability {
  /** Share of countable minutes that it was up; null before the first. */
  readonly value: number | null;
  /** Wilson 95 % lower bound of that share: what scores use. 0 before the first minute. */
  readonly low: number;
  /** Independent probes behind it: hours of countable minutes. */
  readonly probes: number;
}

/** Scores look back over this many minutes of our service: 30 days of it. */
export const windowMinutes = 30 * 24 * 60;

/**
 * Minutes that make one independent probe. A machine that is up now is up a minute later: minutes are no independent
 * evidence, and bounds that take them for it would call two hours of uptime a proven 97 %. An hour is longer than
 * nearly every reboot or line failure, so that one failure spoils one probe and not its neighbours.
 */
const minutesPerProbe = 60;

/** Two-sided 95 %. */
const z = 1.959963984540054;

/** Availability of a device, as a share and as what the evidence proves: 24 h of uptime 0.862, a week 0.978. */
export function availability({ up, countable }: Minutes): Availability {
  const probes = countable / minutesPerProbe;
  if (countable === 0) return { value: null, low: 0, probes };
  const value = up / countable;
  return { value, low: wilsonLow(value, probes), probes };
}

/**
 * Lower end of Wilson's score interval. Unlike the textbook interval it is right for few probes and for shares near 1,
 * where honest devices are; unlike a minimum age it makes "new" a number.
 *
 * @param share 0 to 1
 * @param probes above 0; need not be whole
 */
function wilsonLow(share: number, probes: number): number {
  const slack = (z * z) / probes;
  const spread = Math.sqrt(slack * (share * (1 - share) + slack / 4));
  return Math.max(0, (share + slack / 2 - spread) / (1 + slack));
}
