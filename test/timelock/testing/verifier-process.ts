import { scaledCatalogue } from '../../../simulator/scaled-catalogue.js';
import { startVerifier } from '../../../verifier/main.js';
import { defaultOptions, type VerifierOptions } from '../../../verifier/options.js';

// A verifier in a process of its own, to be killed: `node verifier-process.ts OPTIONS`, as JSON. It says where it listens.
const options = JSON.parse(process.argv[2] ?? '{}') as Partial<VerifierOptions>;
const { url } = await startVerifier({
  ...defaultOptions,
  dataDir: '',
  catalogue: scaledCatalogue().catalogue,
  requestsPerMinute: 100_000,
  enrolmentsPerHour: 100_000,
  busyAfterMs: 0,
  drainMs: 0,
  ...options,
});
process.stdout.write(`${JSON.stringify({ listening: url })}\n`);
