// Writes docs/openapi.json from what a running verifier serves. `npm run docs:openapi` after a route has changed.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './folders.mjs';

const { startVerifier } = await import(join(root, 'dist/verifier/main.js'));
const { defaultOptions } = await import(join(root, 'dist/verifier/options.js'));
const { loadCatalogue } = await import(join(root, 'dist/scoring/catalogue/read-catalogue.js'));

const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-openapi-'));
const verifier = await startVerifier({
  ...defaultOptions,
  port: 0,
  dataDir,
  catalogue: loadCatalogue(),
  logLevel: 'silent',
});
try {
  const document = await (await fetch(`${verifier.url}/openapi.json`)).json();
  writeFileSync(join(root, 'docs/openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
} finally {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
}
