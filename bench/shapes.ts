// What the memory exam of each class costs an honest card and what it leaves a cheat: `npm run bench:shapes [-- class …]`.
import { tableBytes, walkedBytes } from '../protocol/shapes.js';
import { type CardClass, classById, type MemoryFigures } from '../scoring/catalogue/catalogue.js';
import { memoryShapeFor, tableBuildMs, usualShareOfBandwidth } from '../scoring/catalogue/memory-shape.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import {
  rebuildMs,
  recomputeMs,
  recomputeOverRead,
  walkDeadlineMs,
} from '../scoring/catalogue/sizing-rule.js';

const catalogue = loadCatalogue();
const asked = process.argv.slice(2);
const classes = asked.length === 0 ? catalogue.classes : asked.map(named);
const rows = classes.flatMap((one) => (one.memory === null ? [] : [rowOf(one, one.memory)]));

const columns = Object.keys(rows[0] ?? {});
const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`;
process.stdout.write(line(columns) + line(columns.map(() => '---')));
for (const row of rows) process.stdout.write(line(columns.map((column) => row[column] ?? '')));

function named(id: string): CardClass {
  const found = classById(catalogue, id);
  if (found === null) throw new Error(`the catalogue has no class ${id}`);
  return found;
}

function rowOf(cardClass: CardClass, figures: MemoryFigures): Record<string, string> {
  const claim = { memoryBytes: cardClass.memoryBytes, memoryEngine: 'webgpu' };
  const shape = memoryShapeFor(cardClass, claim);
  if (shape === null) throw new Error('a claim with an engine has a shape');
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
