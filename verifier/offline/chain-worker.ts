import { workerData } from 'piscina';
import { type Factors, Trapdoor } from '../../challenges/timelock/trapdoor.js';
import { type ChainJob, runChainJob, type SolvedJob } from './chain-job.js';

// Runs in a thread of the chain pool. The trapdoor is opened once: to test its primes costs more than many links.
const trapdoor = Trapdoor.from(workerData as Factors);

/** Makes the links of one chain. */
export function solve(job: ChainJob): SolvedJob {
  return runChainJob(trapdoor, job);
}
