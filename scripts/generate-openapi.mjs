// Writes docs/openapi.json from what a running verifier serves; with --check only says whether it is in sync.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './folders.mjs';

const page = join(root, 'docs/openapi.json');
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
  const text = `${JSON.stringify(document, null, 2)}\n`;
  if (!process.argv.includes('--check')) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text) {
    process.stderr.write('docs/openapi.json is not what the verifier serves: run `npm run docs:openapi`\n');
    process.exitCode = 1;
  }
} finally {
  await verifier.close();
  rmSync(dataDir, { recursive: true, force: true });
}
