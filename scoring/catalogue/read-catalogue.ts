import { readFileSync } from 'node:fs';
import { buildCatalogue, type CatalogueData } from './build.js';
import type { Catalogue } from './catalogue.js';

/** The published catalogue: `models.json`, `measured.json`, `classes.json` and `tensor.json` beside this file. */
export function loadCatalogue(): Catalogue {
  const models = read('models.json') as Pick<CatalogueData, 'models'>;
  const measured = read('measured.json') as { models: CatalogueData['measured'] };
  const classes = read('classes.json') as Pick<CatalogueData, 'models' | 'together' | 'names'>;
  return buildCatalogue({
    models: [...models.models, ...classes.models],
    measured: measured.models,
    together: classes.together,
    names: classes.names,
    tensor: read('tensor.json') as CatalogueData['tensor'],
  });
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
