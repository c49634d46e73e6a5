import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadCatalogue } from '../../../scoring/catalogue/read-catalogue.js';
import { startVerifier } from '../../../verifier/main.js';
import { defaultOptions, type VerifierOptions } from '../../../verifier/options.js';

/** A verifier on embedded parts in this process, one for each test file. Cohorts come fast and exams are small. */
export async function openVerifier(
  options: Partial<VerifierOptions> = {},
): Promise<{ url: string; close(): Promise<void> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'touchstone-verifier-'));
  const verifier = await startVerifier({
    ...defaultOptions,
    port: 0,
    dataDir,
    catalogue: loadCatalogue(),
    cohortMs: 50,
    examSeconds: 0.01,
    network: { roundTrips: 3, transferBytes: 64 * 1024, reportBytes: 16 * 1024 },
    requestsPerMinute: 100_000,
    enrolmentsPerHour: 100_000,
    // Here the devices compute in the verifier's own process, and stop it for as long as they do.
    busyAfterMs: 0,
    drainMs: 0,
    logLevel: 'silent',
    ...options,
  });
  return {
    url: verifier.url,
    async close() {
      await verifier.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
