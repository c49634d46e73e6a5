import { startVerifier } from '../../../verifier/main.js';
import { defaultOptions } from '../../../verifier/options.js';
import type { FleetOptions } from './fleet-verifier.js';
import { patientCatalogue } from './patient-catalogue.js';

// One verifier of a fleet: `node fleet-verifier-process.ts OPTIONS`, as JSON. It says where it listens, and closes at SIGTERM as
// the command line does.
const { leastBandwidth, ...options } = JSON.parse(process.argv[2] ?? '{}') as FleetOptions;
const verifier = await startVerifier({
  ...defaultOptions,
  dataDir: '',
  catalogue: patientCatalogue(leastBandwidth),
  requestsPerMinute: 100_000,
  enrolmentsPerHour: 100_000,
  busyAfterMs: 0,
  ...options,
});
process.once('SIGTERM', () => {
  void verifier.close().then(() => process.exit(0));
});
process.stdout.write(`${JSON.stringify({ listening: verifier.url })}\n`);
