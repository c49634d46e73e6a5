import { type MemoryShape, tableBytes } from '../../protocol/shapes.js';
import type { CardClass } from './catalogue.js';
import { claimedNumber, filledShare, type MemoryClaim, mostTableBytes } from './memory-claim.js';
import { type TableLayout, tableLayout } from './table-layout.js';
import { walkSize } from './walk-size.js';

const MiB = 2 ** 20;

/** How a table is sized by nothing but what the device says of itself. */
interface Kind {
  /** Rates of the table engine, 10^9 operations a second: where the claim is silent, and what is believed of it. */
  readonly gops: { readonly usual: number; readonly least: number; readonly most: number };
  readonly buildSeconds: number;
  /** At most: a proof has to make its pages again, and the device's own word is all that stands behind such an exam. */
  readonly layers: number;
}

const kinds: Readonly<Record<CardClass['kind'], Kind>> = {
  gpu: { gops: { usual: 100, least: 0.1, most: 50_000 }, buildSeconds: 60, layers: 16 },
  cpu: { gops: { usual: 2, least: 0.1, most: 5_000 }, buildSeconds: 2, layers: 8 },
  software: { gops: { usual: 1, least: 0.1, most: 50 }, buildSeconds: 2, layers: 2 },
};

/** Host memory: enough to see its bandwidth, too little to be in anybody's way. */
const cpuBytes = { least: 8 * MiB, most: 64 * MiB };
const softwareBytes = 4 * MiB;
/** A GPU that does not say what it has. */
const unknownBytes = 1024 * MiB;
/** Operations of the table engine for each byte that the memory reads, on most cards of the catalogue. */
const operationsPerByte = 60;

/**
 * The memory exam where no figures judge it: class `cpu`, software devices, cards that the catalogue does not know. It shows
 * that there is such memory and how fast it is, and takes a device no more than a minute. The device's own numbers size
 * it: one that lies about them examines itself worse.
 *
 * @param mostBytes of the table
 */
export function unjudgedMemoryShape(
  cardClass: CardClass,
  claim: MemoryClaim,
  mostBytes = mostTableBytes,
): MemoryShape {
  const { buildSeconds, layers } = kinds[cardClass.kind];
  const gops = likelyTableGops(cardClass, claim);
  const operations = gops * 1e9 * buildSeconds;
  // Pages of 1,024 bytes need 16 times the work for four times the bytes: only what is fast has time for them.
  const n = gops >= 1000 ? 1024 : 256;
  const layout = tableLayout(Math.min(bytesFor(cardClass, claim, operations / (2 * n)), mostBytes), n);
  const table = tableBytes(layout);
  const affordable = Math.floor(operations / (2 * n * table));
  return {
    ...layout,
    layers: Math.min(Math.max(affordable, 1), layers),
    ...walkOf(cardClass.kind, layout, table, gops),
  };
}

/** Rate at which the card likely makes pages, 10^9 operations a second: the device's own, within what its kind can be. */
export function likelyTableGops({ kind }: CardClass, { tableGops }: MemoryClaim): number {
  const { usual, least, most } = kinds[kind].gops;
  return Math.min(Math.max(claimedNumber(tableGops) ?? usual, least), most);
}

/** @param ofOneLayer bytes of a table that one layer makes in the time that there is */
function bytesFor({ kind, memoryBytes }: CardClass, claim: MemoryClaim, ofOneLayer: number): number {
  if (kind === 'software') return softwareBytes;
  if (kind === 'cpu') return Math.min(Math.max(ofOneLayer / kinds.cpu.layers, cpuBytes.least), cpuBytes.most);
  const claimed = Math.min(claimedNumber(claim.memoryBytes) ?? unknownBytes, mostTableBytes);
  const ofCard = memoryBytes > 0 ? Math.min(claimed, memoryBytes) : claimed;
  return Math.min(filledShare * ofCard, ofOneLayer);
}

function walkOf(kind: CardClass['kind'], layout: TableLayout, table: number, gops: number) {
  if (kind === 'software') return walkSize(layout, table / 4, table);
  if (kind === 'cpu') return walkSize(layout, table * 4, table);
  const bytesPerSecond = (gops * 1e9) / operationsPerByte;
  return walkSize(layout, bytesPerSecond / 2, bytesPerSecond);
}
