import { readFileSync } from 'node:fs';
import { buildCatalogue, type CatalogueData } from './build.js';
import type { Catalogue } from './catalogue.js';

/** What the published catalogue is made of: `models.json`, `measured.json`, `classes.json` and `tensor.json` beside this file. */
export function loadCatalogueData(): CatalogueData {
  const models = read('models.json') as Pick<CatalogueData, 'models'>;
  const measured = read('measured.json') as { models: CatalogueData['measured'] };
  const classes = read('classes.json') as Omit<CatalogueData, 'measured' | 'tensor'>;
  return {
    models: [...models.models, ...classes.models],
    measured: measured.models,
    together: classes.together,
    sameShare: classes.sameShare,
    names: classes.names,
    tensor: read('tensor.json') as CatalogueData['tensor'],
  };
}

/** The published catalogue. */
export const loadCatalogue = (): Catalogue => buildCatalogue(loadCatalogueData());

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
