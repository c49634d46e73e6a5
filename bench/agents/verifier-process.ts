// The verifier that `bench/agents.ts` holds agents on: `tsx verifier-process.ts DIRECTORY`. It says where it listens.
import { loadCatalogue } from '../../scoring/catalogue/read-catalogue.js';
import { startVerifier } from '../../verifier/main.js';
import { defaultOptions } from '../../verifier/options.js';

const { url } = await startVerifier({
  ...defaultOptions,
  port: 0,
  dataDir: process.argv[2] ?? '',
  catalogue: loadCatalogue(),
  // All of them come from one address, and at once.
  requestsPerMinute: 10_000_000,
  enrolmentsPerHour: 10_000_000,
  connectionsPerAddress: 1_000_000,
  busyAfterMs: 0,
  logLevel: 'error',
});
process.stdout.write(`${JSON.stringify({ listening: url })}\n`);
