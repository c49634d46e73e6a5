// What the memory exam of each class, its probes and its ballast cost an honest card and what they leave a cheat:
// `npm run bench:shapes [-- class …]`.
import { type MemoryShape, tableBytes, walkedBytes } from '../protocol/shapes.js';
import { ballastShapeFor } from '../scoring/catalogue/ballast-shape.js';
import { type CardClass, classById, type MemoryFigures } from '../scoring/catalogue/catalogue.js';
import { memoryShapeFor, tableBuildMs, usualShareOfBandwidth } from '../scoring/catalogue/memory-shape.js';
import { answerDeadlineMs, classDeadlineMs } from '../scoring/catalogue/probe-deadline.js';
import { probeRounds } from '../scoring/catalogue/probe-rounds.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import {
  rebuildMs,
  recomputeMs,
  recomputeOverRead,
  walkDeadlineMs,
} from '../scoring/catalogue/sizing-rule.js';

const catalogue = loadCatalogue();
const names = process.argv.slice(2);
const asked = names.length === 0 ? catalogue.classes : names.map(named);
const judged = asked.flatMap((one) => (one.memory === null ? [] : [{ ...one, memory: one.memory }]));
type Judged = (typeof judged)[number];

/** Of the default ballast of a lease, over the longest line. */
const ballast = { bytes: 256 * 2 ** 20, roundTripMs: 300 };

const claimOf = ({ memoryBytes }: CardClass) => ({ memoryBytes, memoryEngine: 'webgpu' });
const usualWalkMs = ({ bandwidthGBps }: MemoryFigures, shape: MemoryShape) =>
  walkedBytes(shape) / (usualShareOfBandwidth * bandwidthGBps * 1e6);

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
for (const rows of [judged.map(examRow), judged.map(probeRow), judged.map(ballastRow)]) {
  const columns = Object.keys(rows[0] ?? {});
  process.stdout.write(line(columns) + line(columns.map(() => '---')));
  for (const row of rows) process.stdout.write(line(columns.map((column) => row[column] ?? '')));
  process.stdout.write('\n');
}

function named(id: string): CardClass {
  const found = classById(catalogue, id);
  if (found === null) throw new Error(`the catalogue has no class ${id}`);
  return found;
}

function wholeShape(cardClass: CardClass): MemoryShape {
  const shape = memoryShapeFor(cardClass, claimOf(cardClass));
  if (shape === null) throw new Error('a claim with an engine has a shape');
  return shape;
}

function probeRow(cardClass: Judged): Record<string, string> {
  const { memory } = cardClass;
  const whole = wholeShape(cardClass);
  const shape = { ...whole, rounds: probeRounds(cardClass, whole, null) };
  return {
    class: cardClass.id,
    'rounds of the exam': String(whole.rounds),
    'of a probe': String(shape.rounds),
    'usual ms': usualWalkMs(memory, shape).toFixed(0),
    'deadline ms': classDeadlineMs(memory, shape, 'whole').toFixed(0),
    'rebuild in deadlines': (
      rebuildMs(memory, shape) / answerDeadlineMs(memory, shape, 'whole', null)
    ).toFixed(1),
  };
}

function ballastRow(cardClass: Judged): Record<string, string> {
  const { memory } = cardClass;
  const shape = ballastShapeFor(cardClass, claimOf(cardClass), ballast);
  const { n, layers, steps } = shape;
  const deadlineMs = answerDeadlineMs(memory, shape, 'ballast', ballast.roundTripMs);
  return {
    class: cardClass.id,
    MiB: (tableBytes(shape) / 2 ** 20).toFixed(0),
    layers: String(layers),
    'build s': (tableBuildMs(cardClass, claimOf(cardClass), shape) / 1000).toFixed(0),
    'walk ms': usualWalkMs(memory, shape).toFixed(1),
    'deadline ms': classDeadlineMs(memory, shape, 'ballast').toFixed(0),
    'rebuild in deadlines': (rebuildMs(memory, shape) / deadlineMs).toFixed(2),
    '10^9 operations to check a walker': ((2 * n * n * layers * steps) / 1e9).toFixed(1),
  };
}

function examRow(cardClass: Judged): Record<string, string> {
  const figures = cardClass.memory;
  const claim = claimOf(cardClass);
  const shape = wholeShape(cardClass);
  const readMs = walkedBytes(shape) / (figures.bandwidthGBps * 1e6);
  const deadlineMs = walkDeadlineMs(figures, shape);
  const seconds = (milliseconds: number) => (milliseconds / 1000).toFixed(2);
  // Making pages again and reading the others go on at once; the slower of the two is what a cheat waits for.
  const slowdown = (missing: number) => Math.max(1, recomputeMs(figures, shape, missing) / readMs);
  return {
    class: cardClass.id,
    'table GiB': (tableBytes(shape) / 2 ** 30).toFixed(1),
    n: String(shape.n),
    banks: String(shape.banks),
    layers: String(shape.layers),
    'rounds × walkers × steps': `${shape.rounds} × ${shape.walkers} × ${shape.steps}`,
    'build s': (tableBuildMs(cardClass, claim, shape) / 1000).toFixed(0),
    'walk s': seconds(readMs / usualShareOfBandwidth),
    'deadline s': seconds(deadlineMs),
    'rebuild in deadlines': (rebuildMs(figures, shape) / deadlineMs).toFixed(1),
    R: recomputeOverRead(figures, shape).toFixed(0),
    'times as slow with 99 / 95 / 50 %': [0.01, 0.05, 0.5].map((it) => slowdown(it).toFixed(1)).join(' / '),
    'too late below': `${((1 - deadlineMs / recomputeMs(figures, shape, 1)) * 100).toFixed(1)} %`,
  };
}
