import type { CardClaim } from '../../protocol/messages/cards.js';

/**
 * Where an expectation comes from. `measured`: a public measurement of a card of the class; `published-peak`: its data
 * sheet; `fleet`: learned from cards that were confirmed otherwise; `prior`: a loose guess where nobody measured, which only
 * the absurd fails; `given`: set by an operator or a test.
 */
type Basis = 'measured' | 'published-peak' | 'fleet' | 'prior' | 'given';

/** What cards of a class do in a compute exam on one engine. All rates are GFLOP/s as `computeOperations` counts them. */
export interface Expectation {
  /** A usual card. Sizes the exam, and is what performance is a share of. */
  readonly gflops: number;
  /** The slowest honest card: below it is not of this class. */
  readonly lowGflops: number;
  /** No card of the class can be faster, whatever the program. */
  readonly ceilingGflops: number;
  readonly basis: Basis;
  /** For people: where the figure is from. */
  readonly source: string;
}

/** What the memory of a class's cards does. */
export interface MemoryFigures {
  /** Published bandwidth, 10^9 bytes a second. */
  readonly bandwidthGBps: number;
  /** The slowest walk of an honest card, line and hashing included: below it is not this memory. */
  readonly lowGBps: number;
  /** No card of the class walks faster. */
  readonly ceilingGBps: number;
  /** Rate at which the table engine of a usual card makes pages, 10^9 operations a second: sizes the build. */
  readonly tableGops: number;
  /** Best known rate of exact int8 products on any unit of the class, whatever the program: what a cheat rebuilds with. */
  readonly bestGops: number;
  /** What the bus brings from the host's memory at best, 10^9 bytes a second; absent where nobody has said. */
  readonly hostGBps?: number;
  readonly basis: Basis;
  /** For people: where the figures are from. */
  readonly source: string;
}

/** Cards that an exam can't tell apart. Figures are the lowest of its models'. */
export interface CardClass {
  /** Such as `rtx-4090`. Stable: facts and prices refer to it. */
  readonly id: string;
  readonly kind: CardClaim['kind'];
  /** Names under which drivers know its cards. Vendor words and case don't matter. */
  readonly models: readonly string[];
  /** 0 where the class has no certain size. */
  readonly memoryBytes: number;
  readonly peakFp32Gflops: number | null;
  /** Null where nothing is known of the memory: it is measured and not judged. */
  readonly memory: MemoryFigures | null;
  /** What the slowest of its models does of what the fastest does, as far as published figures say; absent is 1. */
  readonly slowestShare?: number;
  /** False for classes that never earn. */
  readonly eligible: boolean;
  /** Ids of before, of models that were classes of their own: facts may still name them. */
  readonly formerIds?: readonly string[];
  /** Dies of its models, such as `GH100`: what a vendor's certificate names. Absent where they are not known. */
  readonly chips?: readonly string[];
  /** By engine name; `*` holds for every engine that is not listed. */
  readonly expectations: Readonly<Record<string, Expectation>>;
}

/** Classes by which claims are judged. `loadCatalogue` reads the published one; a test or a demo can make its own. */
export interface Catalogue {
  readonly classes: readonly CardClass[];
}

/** Class of GPUs that the catalogue does not know. They are examined and measured, and earn once they are listed. */
export const unlistedId = 'unlisted';

/** @throws RangeError where a class has no figure for the engine and none for `*`: a catalogue that is incomplete */
export function expectation({ id, expectations }: CardClass, engine: string): Expectation {
  const own = Object.hasOwn(expectations, engine) ? expectations[engine] : expectations['*'];
  if (own === undefined) throw new RangeError(`class ${id} has no expectation for ${engine}`);
  return own;
}

/** The class of this id, or of one that it had before; else null. */
export function classById({ classes }: Catalogue, id: string): CardClass | null {
  return (
    classes.find((one) => one.id === id) ?? classes.find(({ formerIds }) => formerIds?.includes(id)) ?? null
  );
}
