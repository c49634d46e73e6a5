import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { walkedBytes } from '../../protocol/shapes.js';
import { docTable } from '../testing/doc-table.js';
import { type CardClass, classById, type MemoryFigures } from './catalogue.js';
import { memoryShapeFor, usualShareOfBandwidth } from './memory-shape.js';
import { answerDeadlineMs, classDeadlineMs } from './probe-deadline.js';
import { probeRounds } from './probe-rounds.js';
import { loadCatalogue } from './read-catalogue.js';
import { rebuildMs } from './sizing-rule.js';

const { classes } = loadCatalogue();
const judged = classes.filter((one): one is CardClass & { memory: MemoryFigures } => one.memory !== null);

function wholeOf(one: CardClass) {
  const shape = memoryShapeFor(one, { memoryBytes: one.memoryBytes, memoryEngine: 'webgpu' });
  if (shape === null) throw new Error('no shape');
  return shape;
}
const usualMs = (one: { readonly memory: MemoryFigures }, shape: ReturnType<typeof wholeOf>) =>
  walkedBytes(shape) / (usualShareOfBandwidth * one.memory.bandwidthGBps * 1e6);

describe('probeRounds', () => {
  it.each(docTable('probe'))('for $class as docs/scoring.md says', (row) => {
    const one = judged.find(({ id }) => id === row.class);
    if (one === undefined) throw new Error(`no class ${row.class}`);
    const whole = wholeOf(one);
    const rounds = probeRounds(one, whole, null);
    const shape = { ...whole, rounds };
    const rebuild = rebuildMs(one.memory, shape) / answerDeadlineMs(one.memory, shape, 'whole', null);
    expect({
      class: one.id,
      'rounds of the exam': String(whole.rounds),
      'of a probe': String(rounds),
      'usual ms': usualMs(one, shape).toFixed(0),
      'deadline ms': classDeadlineMs(one.memory, shape, 'whole').toFixed(0),
      'rebuild in deadlines': rebuild.toFixed(1),
    }).toEqual(row);
  });

  it.each(judged)('takes 50 to 150 ms on a usual $id, and five deadlines of it are no rebuild', (one) => {
    const whole = wholeOf(one);
    const shape = { ...whole, rounds: probeRounds(one, whole, null) };
    expect(usualMs(one, shape)).toBeGreaterThanOrEqual(50);
    expect(usualMs(one, shape)).toBeLessThanOrEqual(150);
    expect(rebuildMs(one.memory, shape)).toBeGreaterThanOrEqual(
      5 * answerDeadlineMs(one.memory, shape, 'whole', null),
    );
    expect(classDeadlineMs(one.memory, shape, 'whole')).toBeGreaterThan(1.5 * usualMs(one, shape));
  });

  it('follows the bandwidth that the card proved: a slower one walks fewer rounds', () => {
    const one = classById({ classes }, 'rtx-4090') as CardClass;
    const shape = wholeOf(one);
    expect([300, 600, 1200].map((proven) => probeRounds(one, shape, proven))).toEqual([3, 5, 11]);
  });

  it('is at least a round and at most those of the table, whatever was measured', () => {
    const measured = fc.oneof(fc.constant(null), fc.double({ min: 0, noNaN: true }));
    fc.assert(
      fc.property(fc.constantFrom(...classes), measured, (one, proven) => {
        const shape = wholeOf(one);
        const rounds = probeRounds(one, shape, proven);
        expect(Number.isInteger(rounds)).toBe(true);
        expect(rounds).toBeGreaterThanOrEqual(1);
        expect(rounds).toBeLessThanOrEqual(shape.rounds);
      }),
    );
  });
});
