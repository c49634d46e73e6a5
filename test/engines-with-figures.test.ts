import { expect, it } from 'vitest';
import { engineNames, enginesWithFigures } from '../challenges/engines/catalogue.js';
import { loadCatalogue } from '../scoring/catalogue/read-catalogue.js';

it('the engines that agents prefer are those that some class has figures for', () => {
  const figured = loadCatalogue()
    .classes.flatMap(({ expectations }) => Object.entries(expectations))
    .filter(([engine, { basis }]) => engine !== '*' && basis !== 'prior')
    .map(([engine]) => engine);
  expect([...new Set(figured)].sort()).toEqual([...enginesWithFigures].sort());
  for (const engine of enginesWithFigures) expect(engineNames).toContain(engine);
});
