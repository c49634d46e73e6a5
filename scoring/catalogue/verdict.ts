import type { ClassVerdict } from '../../protocol/messages/class-verdict.js';
import { spread } from './build.js';
import { type CardClass, type Catalogue, classById, expectation, unlistedId } from './catalogue.js';
import { ceilingOverBandwidth } from './memory-figures.js';
import { floorUnits, type Units } from './units.js';

/** What exams have shown of a card. */
export interface Shown {
  /** The class that its last judged exam confirmed; null where none did. */
  readonly class: string | null;
  readonly engine: string | null;
  /** Proven rate of the compute part, GFLOP/s; null where none was proven. */
  readonly gflops: number | null;
  /** Proven bandwidth of the walk, 10^9 bytes a second. */
  readonly bandwidthGBps: number | null;
  /** Bytes of the table that it held. */
  readonly tableBytes: number | null;
  /** The chip that a vendor's certificate names, such as `GH100`; null or absent where nothing is attested. */
  readonly attestedChip?: string | null;
}

/**
 * What the exams of a card say that it is: a class, with what else it could be.
 *
 * Whoever pretends to be a better card is a cheaper one that answered as fast: models of cheaper classes that could have done
 * what was measured, on that engine and at the spread of honest cards, are `alsoPossible`. A dearer card that was slowed down
 * harms nobody and is not among them. An attested chip that fits leaves only classes that have it; one that does not fit says
 * nothing here.
 *
 * Confidence says how much of the pay is sure, and not how likely a lie is: nobody knows how many owners lie. It is what the
 * cheapest card that could have answered so is worth, over what the class is paid.
 */
export function verdictOf(catalogue: Catalogue, units: Units, shown: Shown): ClassVerdict {
  const own = shown.class === null ? null : classById(catalogue, shown.class);
  if (own === null || own.models.length === 0) return { ...unconfirmed, class: own?.id ?? unlistedId };
  const attested = hasChip(own, shown.attestedChip ?? null);
  const floor = floorUnits(own, units);
  const others = catalogue.classes
    .filter((one) => one !== own && one.kind === own.kind && one.models.length > 0)
    .filter((one) => !attested || one.chips === undefined || hasChip(one, shown.attestedChip ?? null))
    .filter((one) => wouldGain(one, own, units) && couldHaveShown(one, shown));
  const shares = others.map((one) => worthOf(one, catalogue, units) / (floor ?? 1));
  return {
    class: own.id,
    basis: attested ? 'attested' : 'measured',
    members: [...own.models],
    alsoPossible: others.flatMap(({ models }) => models),
    confidence: Math.min(1, ...shares),
    floorUnits: floor,
  };
}

const unconfirmed: Omit<ClassVerdict, 'class'> = {
  basis: 'unlisted',
  members: [],
  alsoPossible: [],
  confidence: 0,
  floorUnits: null,
};

/** Whether a card of this class earns more as the other. One that has no price does, unless it is the better card in everything. */
function wouldGain(one: CardClass, other: CardClass, units: Units): boolean {
  const [honest, pretended] = [floorUnits(one, units), floorUnits(other, units)];
  if (pretended === null) return false;
  return honest === null ? !isBetter(one, other) : honest < pretended;
}

/**
 * What a card of the class is paid. Where it has no price: as much as the dearest class that it is the better card of in
 * everything; 0 where it is better than none that has a price.
 */
function worthOf(one: CardClass, catalogue: Catalogue, units: Units): number {
  const paid = floorUnits(one, units);
  if (paid !== null) return paid;
  const worse = catalogue.classes.filter((other) => other.kind === one.kind && isBetter(one, other));
  return Math.max(0, ...worse.map((other) => floorUnits(other, units) ?? 0));
}

/** Who has unified memory (0) has as much as it claims. */
const isBetter = (one: CardClass, other: CardClass): boolean =>
  (one.peakFp32Gflops ?? 0) >= (other.peakFp32Gflops ?? 0) &&
  (one.memory?.bandwidthGBps ?? 0) >= (other.memory?.bandwidthGBps ?? 0) &&
  (one.memoryBytes === 0 || one.memoryBytes >= other.memoryBytes);

/** Certificates name a stepping after the die: `GH100 A01`. */
const hasChip = ({ chips }: CardClass, chip: string | null): boolean =>
  chip !== null &&
  (chips ?? []).some((die) =>
    chip
      .toUpperCase()
      .split(/[^A-Z0-9]+/)
      .includes(die.toUpperCase()),
  );

/** What was not measured rules nothing out. */
function couldHaveShown(one: CardClass, { engine, gflops, bandwidthGBps, tableBytes }: Shown): boolean {
  if (tableBytes !== null && one.memoryBytes > 0 && tableBytes > one.memoryBytes) return false;
  if (bandwidthGBps !== null && bandwidthGBps > bestBandwidth(one)) return false;
  return gflops === null || gflops <= bestRate(one, engine ?? '*');
}

/** The highest of its models' published bandwidths. */
const bestBandwidth = ({ memory }: CardClass): number =>
  memory === null ? Number.POSITIVE_INFINITY : memory.ceilingGBps / ceilingOverBandwidth;

/**
 * The best rate of an honest card of the class on this engine. A rate that was measured may have been the slowest card's;
 * where only the data sheet is known, its peak.
 */
function bestRate(one: CardClass, engine: string): number {
  const { gflops, basis } = expectation(one, engine);
  const fromMeasured = gflops / (1 - spread);
  if (basis === 'prior' || basis === 'published-peak')
    return Math.max(fromMeasured, one.peakFp32Gflops ?? fromMeasured);
  return fromMeasured;
}
