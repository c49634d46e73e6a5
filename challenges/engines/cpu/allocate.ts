import { freemem, platform, totalmem } from 'node:os';
import { TouchstoneError } from '../../../protocol/error.js';
import { tableBytes } from '../../../protocol/shapes.js';
import type { TableShape } from '../table.js';

/**
 * The banks of a table in host memory, all zeros.
 * @throws TouchstoneError `engine.out-of-memory`
 */
export function allocateBanks(shape: TableShape): SharedArrayBuffer[] {
  const bytes = tableBytes(shape);
  // A system that promises more than it has would give it, and end some process when the table is filled.
  const available = availableBytes();
  if (bytes > available) throw outOfMemory(bytes, available);
  try {
    return Array.from({ length: shape.banks }, () => new SharedArrayBuffer(shape.bankPages * shape.n));
  } catch (cause) {
    if (cause instanceof RangeError) throw outOfMemory(bytes, available);
    throw cause;
  }
}

/** Of the machine, and of the container where there is one. */
function availableBytes(): number {
  // What macOS calls free leaves out all that it would free at once.
  const machine = platform() === 'darwin' ? totalmem() : freemem();
  const container = process.constrainedMemory() - process.memoryUsage.rss();
  return container > 0 ? Math.min(machine, container) : machine;
}

function outOfMemory(bytes: number, available: number): TouchstoneError {
  const gigabytes = (value: number) => (value / 1e9).toFixed(1);
  return new TouchstoneError(
    'engine.out-of-memory',
    `The table takes ${gigabytes(bytes)} GB of host memory; ${gigabytes(available)} GB are free.`,
    { engine: 'cpu', bytes, available },
  );
}
