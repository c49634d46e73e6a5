// What each known shortcut would gain on real classes, by the catalogue's figures: `npm run bench:advantage`.
// Computed, not measured. docs/cheaters-advantage.md quotes every row.
import { type MemoryShape, tableBytes, walkedBytes } from '../protocol/shapes.js';
import {
  type CardClass,
  classById,
  expectation,
  type MemoryFigures,
} from '../scoring/catalogue/catalogue.js';
import { computeShapeFor } from '../scoring/catalogue/compute-shape.js';
import { memoryShapeFor } from '../scoring/catalogue/memory-shape.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';
import { recomputeMs, recomputeOverRead, walkDeadlineMs } from '../scoring/catalogue/sizing-rule.js';
import { defaultOptions } from '../verifier/options.js';
import { percent, print, type Row } from './markdown.js';

interface Known {
  readonly card: CardClass;
  readonly figures: MemoryFigures;
  readonly shape: MemoryShape;
  readonly deadlineMs: number;
}

const engine = 'onnx-cuda';
const classes = ['rtx-3060-12gb', 'rtx-4090', 'l4', 'a100-sxm4-80gb', 'h200-sxm-141gb', 'b200'];
/** One card as another: the same, and pairs where much memory and bandwidth meet a small class. */
const pairs = [
  ['rtx-4090', 'rtx-4090'],
  ['rtx-4090', 'rtx-3060-12gb'],
  ['a100-sxm4-80gb', 'rtx-4090'],
  ['h200-sxm-141gb', 'rtx-4090'],
  ['h200-sxm-141gb', 'rtx-3060-12gb'],
  ['b200', 'rtx-4090'],
] as const;
/** What PCIe 4.0 and 5.0 with 16 lanes bring at best, 10^9 bytes a second. */
const pcie = [25, 55];
/** Levels of Strassen's algorithm that leave matrices of 128 of 1,024. */
const strassen = (8 / 7) ** 3;

const catalogue = loadCatalogue();

function known(id: string): Known {
  const card = classById(catalogue, id);
  if (card === null || card.memory === null) throw new Error(`nothing is known of ${id}`);
  const claim = { memoryBytes: card.memoryBytes, memoryEngine: 'webgpu' };
  const shape = memoryShapeFor(card, claim) as MemoryShape;
  return { card, figures: card.memory, shape, deadlineMs: walkDeadlineMs(card.memory, shape) };
}

const readMs = ({ bandwidthGBps }: MemoryFigures, shape: MemoryShape): number =>
  walkedBytes(shape) / (bandwidthGBps * 1e6);

function partialWork(part: number): Row {
  return {
    'part of the pages': percent(part, 0),
    'speeds up': (1 / part).toFixed(2),
    [`passes ${defaultOptions.openings} pages`]: (part ** defaultOptions.openings).toPrecision(2),
  };
}

function compute(id: string): Row {
  const { card, figures } = known(id);
  const { gflops, lowGflops } = expectation(card, engine);
  const { layers } = computeShapeFor(card, {}, engine, defaultOptions.examSeconds);
  return {
    class: id,
    'asked for, TFLOP/s': (lowGflops / 1000).toFixed(1),
    'usual, TFLOP/s': (gflops / 1000).toFixed(1),
    'best exact products, TOPS': (figures.bestGops / 1000).toFixed(0),
    'a program on the best unit': `${(figures.bestGops / lowGflops).toFixed(0)} cards`,
    layers: String(layers),
    'first layer for nothing': percent(1 / (layers - 1)),
  };
}

function memory(id: string): Row {
  const { figures, shape, deadlineMs } = known(id);
  const whole = recomputeMs(figures, shape, 1);
  const inHost = (rate: number) => (deadlineMs * rate * 1e6) / walkedBytes(shape);
  const walkers = defaultOptions.walkerOpenings;
  return {
    class: id,
    R: recomputeOverRead(figures, shape).toFixed(0),
    'may make again': percent(deadlineMs / whole),
    'with Strassen': percent((deadlineMs / whole) * strassen),
    'first layer for nothing': percent(1 / (shape.layers - 1)),
    [`in host memory, ${pcie.join(' / ')} GB/s`]: pcie.map((rate) => percent(inHost(rate))).join(' / '),
    steps: String(shape.steps),
    'guesses 1 %, passes': (0.99 ** (shape.steps * walkers)).toPrecision(2),
    'share its bandwidth': String(Math.floor(deadlineMs / readMs(figures, shape))),
  };
}

function impersonation([from, to]: (typeof pairs)[number]): Row {
  const one = known(from);
  const as = known(to);
  const asked = expectation(as.card, engine).lowGflops;
  const counts = {
    'arithmetic, same engine': expectation(one.card, engine).gflops / asked,
    'arithmetic, best unit': one.figures.bestGops / asked,
    bandwidth: as.deadlineMs / readMs(one.figures, as.shape),
    tables: one.card.memoryBytes / tableBytes(as.shape),
  };
  const [same, ...best] = Object.values(counts).map(Math.floor) as [number, ...number[]];
  return {
    card: from,
    as: to,
    ...Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(Math.floor(count))])),
    'all three': String(Math.min(...best)),
    'with the same engine': String(Math.min(same, ...best)),
  };
}

/** On how many classes of the catalogue a prover that makes the rest again beside its reads can still be in time. */
function inTime(kept: number): Row {
  const all = catalogue.classes.filter(({ memory: figures }) => figures !== null).map(({ id }) => known(id));
  const passing = all.filter(
    ({ figures, shape, deadlineMs }) => recomputeMs(figures, shape, 1 - kept) <= deadlineMs,
  );
  const shown =
    passing.length > 0 && passing.length <= 3 ? ` (${passing.map(({ card }) => card.id).join(', ')})` : '';
  return {
    'keeps of its table': percent(kept, 0),
    'can be in time on': `${passing.length} of ${all.length} classes${shown}`,
  };
}

print([0.99, 0.95, 0.9, 0.8, 0.5].map(partialWork));
print(classes.map(compute));
print(classes.map(memory));
print([0.99, 0.98, 0.95, 0.9, 0.5].map(inTime));
print(pairs.map(impersonation));
