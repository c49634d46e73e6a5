// The verifier that `bench/flood.ts` floods: `tsx verifier-process.ts DIRECTORY`. It says where it listens.

import { slowCatalogue } from '../../test/verifier/testing/honest.js';
import { startVerifier } from '../../verifier/main.js';
import { defaultOptions } from '../../verifier/options.js';

const { url } = await startVerifier({
  ...defaultOptions,
  port: 0,
  dataDir: process.argv[2] ?? '',
  catalogue: slowCatalogue,
  examSeconds: 0.01,
  cohortMs: 50,
  // A device that never gets ready holds up its cohort for so long: that is the price of one instant, not of the flood.
  armMs: 1_000,
  network: { roundTrips: 3, transferBytes: 64 * 1024, reportBytes: 16 * 1024 },
  // As if each of them came from an address of its own: what is measured is what is behind the limits of one.
  requestsPerMinute: 10_000_000,
  enrolmentsPerHour: 10_000_000,
  connectionsPerAddress: 1_000_000,
  logLevel: 'error',
});
process.stdout.write(`${JSON.stringify({ listening: url })}\n`);
