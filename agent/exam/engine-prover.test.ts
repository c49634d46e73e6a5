import { beforeEach, describe, expect, it } from 'vitest';
import { createReferenceEngine } from '../../challenges/engines/reference.js';
import { createReferenceTableEngine } from '../../challenges/engines/reference-table.js';
import { TouchstoneError } from '../../protocol/error.js';
import { tinyShape, tinyTable } from '../testing/reference-prover.js';
import { EngineProver } from './engine-prover.js';

interface Preparing<S> {
  prepare(shape: S): Promise<{ close(): Promise<void> }>;
}

/** What holds memory of the card at present, and what ever did. */
let open: string[];
let ever: string[];
let most: number;
const seed = new Uint8Array(32);
const nobody = (): void => {};

/** The same engine; it is known what it holds. */
function watched<S, E extends Preparing<S>>(name: string, engine: E): E {
  const prepare = engine.prepare.bind(engine);
  engine.prepare = async (shape) => {
    const prepared = await prepare(shape);
    const close = prepared.close.bind(prepared);
    open.push(name);
    ever.push(name);
    most = Math.max(most, open.length);
    prepared.close = async () => {
      await close();
      open.splice(open.indexOf(name), 1);
    };
    return prepared;
  };
  return engine;
}

describe('engine prover', () => {
  beforeEach(() => {
    open = [];
    ever = [];
    most = 0;
  });
  const card = (): EngineProver =>
    new EngineProver({
      compute: () => watched('compute', createReferenceEngine()),
      table: () => watched('table', createReferenceTableEngine()),
    });

  it('never holds memory for both parts at once', async () => {
    const prover = card();
    for (let exam = 0; exam < 2; exam += 1) {
      await prover.arm(tinyShape);
      await prover.build(tinyTable, seed, nobody);
    }
    expect(ever).toEqual(['compute', 'table', 'compute', 'table']);
    expect(most).toBe(1);
    await prover.close();
    expect(open).toEqual([]);
  });

  it('needs nothing new for the same shapes again, but makes another table for another seed', async () => {
    const prover = card();
    await prover.arm(tinyShape);
    await prover.arm({ ...tinyShape });
    const shares: number[] = [];
    await prover.build(tinyTable, seed, nobody);
    const first = await prover.walk(seed, nobody);
    await prover.build({ ...tinyTable }, seed, (share) => shares.push(share));
    expect(shares).toEqual([1]);
    expect(await prover.walk(seed, nobody)).toEqual(first);
    await prover.build(
      tinyTable,
      seed.map(() => 7),
      nobody,
    );
    expect(await prover.walk(seed, nobody)).not.toEqual(first);
    expect(ever).toEqual(['compute', 'table']);
  });

  it('gives back the memory of a table that could not be built', async () => {
    const prover = new EngineProver({
      compute: null,
      table: () => {
        const engine = createReferenceTableEngine();
        const prepare = engine.prepare.bind(engine);
        engine.prepare = async (shape) => ({
          ...(await prepare(shape)),
          build: () => Promise.reject(new TouchstoneError('engine.out-of-memory')),
        });
        return watched('table', engine);
      },
    });
    await expect(prover.build(tinyTable, seed, nobody)).rejects.toMatchObject({
      code: 'engine.out-of-memory',
    });
    expect([ever, open]).toEqual([['table'], []]);
  });

  it('refuses a walk that would read more pages than there are, before anything is allocated', async () => {
    const shape = { ...tinyTable, walkers: 512, steps: 2 };
    await expect(card().build(shape, seed, nobody)).rejects.toMatchObject({ code: 'shape.invalid' });
    expect(ever).toEqual([]);
  });
});
