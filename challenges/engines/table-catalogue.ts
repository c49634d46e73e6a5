import { TouchstoneError } from '../../protocol/error.js';
import { openChosenDawn } from './catalogue.js';
import { createCpuTableEngine } from './cpu/engine.js';
import { createReferenceTableEngine } from './reference-table.js';
import type { TableEngine } from './table.js';
import { createWebgpuTableEngine } from './webgpu/table.js';

/** What a table engine may be told when it is made; each takes what concerns it. */
export interface TableEngineOptions {
  /** CPU threads, where the engine runs on a CPU; all cores when absent. */
  readonly threads?: number;
}

/** All engines that hold tables; `reference` is for tests and comparison, never for an exam. */
const engines: Readonly<Record<string, (options: TableEngineOptions) => TableEngine>> = {
  webgpu: () => createWebgpuTableEngine(openChosenDawn()),
  cpu: createCpuTableEngine,
  reference: createReferenceTableEngine,
};

/** Their names: what a claim's `memoryEngine` calls them. */
export const tableEngineNames: readonly string[] = Object.keys(engines);

/**
 * A table engine by its name. Nothing is loaded before it prepares a shape.
 * @throws TouchstoneError `engine.unavailable` for a name that no engine has
 */
export function createTableEngine(name: string, options: TableEngineOptions = {}): TableEngine {
  const create = Object.hasOwn(engines, name) ? engines[name] : undefined;
  if (create === undefined) {
    throw new TouchstoneError(
      'engine.unavailable',
      `No table engine ${name}. There are: ${tableEngineNames.join(', ')}.`,
    );
  }
  return create(options);
}
