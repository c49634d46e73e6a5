import { describe, expect, it } from 'vitest';
import { createEngine, engineNames } from './catalogue.js';
import { createTableEngine, tableEngineNames } from './table-catalogue.js';

describe.each([
  { what: 'createEngine', names: engineNames, create: createEngine },
  { what: 'createTableEngine', names: tableEngineNames, create: createTableEngine },
])('$what', ({ names, create }) => {
  it('makes every engine of the list under its own name', () => {
    for (const name of names) expect(create(name).name).toBe(name);
  });

  it.each(['abacus', 'constructor'])('refuses the name %s, which no engine has', (name) => {
    expect(() => create(name)).toThrowError(expect.objectContaining({ code: 'engine.unavailable' }));
  });
});
