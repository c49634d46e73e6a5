import { createEngine, engineNames } from '../../challenges/engines/catalogue.js';
import type { ComputeEngine } from '../../challenges/engines/engine.js';
import { type AbsentEngine, findEngines, findTableEngines } from '../../challenges/engines/find.js';
import type { Squarer } from '../../challenges/engines/squarer.js';
import { createSquarer, squarerNames } from '../../challenges/engines/squaring/squarer.js';
import type { TableEngine } from '../../challenges/engines/table.js';
import { createTableEngine, tableEngineNames } from '../../challenges/engines/table-catalogue.js';
import { TouchstoneError } from '../../protocol/error.js';

export interface OpenEngines {
  readonly compute: readonly ComputeEngine[];
  readonly tables: readonly TableEngine[];
  readonly squarers: readonly Squarer[];
  readonly absent: readonly AbsentEngine[];
  close(): Promise<void>;
}

/**
 * The engines of all kinds that work here, or those of them that are wanted.
 * @throws TouchstoneError `engine.unavailable` for a name that no engine has
 */
export async function openEngines(wanted?: readonly string[]): Promise<OpenEngines> {
  const all = new Set<string>([...engineNames, ...tableEngineNames, ...squarerNames]);
  // A name that no engine has is refused before anything runs.
  for (const name of wanted ?? []) {
    if (!all.has(name))
      throw new TouchstoneError(
        'engine.unavailable',
        `No engine ${name}. There are: ${[...all].join(', ')}.`,
      );
  }
  const names = wanted ?? [...all];
  // One kind after the other: many at once would only wait for each other.
  const found = await findEngines(names);
  const foundTables = await findTableEngines(names);
  const here = (catalogue: readonly string[], { present }: { readonly present: readonly string[] }) =>
    catalogue.filter((name) => names.includes(name) && (name === 'reference' || present.includes(name)));
  const compute = here(engineNames, found).map((name) => createEngine(name));
  const tables = here(tableEngineNames, foundTables).map((name) => createTableEngine(name));
  // Squaring needs nothing but Node: one that does not work here is reported as a difference.
  const squarers = squarerNames.filter((only) => names.includes(only)).map((only) => createSquarer({ only }));
  return {
    compute,
    tables,
    squarers,
    absent: [
      ...found.absent,
      ...foundTables.absent.map(({ name, ...why }) => ({ name: `table ${name}`, ...why })),
    ],
    async close() {
      for (const engine of [...compute, ...tables, ...squarers]) await engine.close();
    },
  };
}
