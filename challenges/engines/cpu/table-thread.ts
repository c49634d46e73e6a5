import { parentPort, workerData } from 'node:worker_threads';
import type { TableShape } from '../table.js';
import { walkTable } from './walk.js';

/** What a thread is given when it starts: memory that all of them share. */
export interface ThreadData {
  readonly shape: TableShape;
  readonly banks: readonly SharedArrayBuffer[];
  /** As in `WalkableTable`; filled with each build. */
  readonly coefficients: SharedArrayBuffer;
}

/** Part of a walk; answered in order by its results, `count` u32. */
export interface WalkPart {
  readonly keys: Uint32Array;
  readonly first: number;
  readonly count: number;
}

const { shape, banks, coefficients } = workerData as ThreadData;
const table = {
  shape,
  banks: banks.map((bank) => new Int32Array(bank)),
  coefficients: new Int32Array(coefficients),
};

parentPort?.on('message', ({ keys, first, count }: WalkPart) => {
  const results = walkTable(table, keys, first, count);
  parentPort?.postMessage(results, [results.buffer]);
});
