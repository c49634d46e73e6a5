import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import { AlarmRaisedFact } from '../facts/access.js';
import { EnrolledFact, ExamFact, Fact, NetworkFact, TransitionFact } from '../facts/facts.js';
import {
  CardAttestedFact,
  CatalogueLearnedFact,
  DisputeMovedFact,
  HardwareReportedFact,
} from '../facts/hardware.js';
import { LeaseMovedFact, LeaseWitnessedFact } from '../facts/lease.js';
import { AgentOldestFact } from '../facts/maintenance.js';
import { SweepChainFact, SweepFact } from '../facts/sweep.js';
import { OfflineFact, ProbeFact, TableFact } from '../facts/timelock.js';

/** Reads facts of one kind back from the `body` of their events. @throws TouchstoneError `storage.row-unexpected` */
function bodyReader<S extends TSchema>(schema: S): (body: string) => Static<S> {
  const compiled = Compile(schema);
  return (body) => {
    const fact: unknown = JSON.parse(body);
    if (compiled.Check(fact)) return fact as Static<S>;
    const [first] = compiled.Errors(fact);
    throw new TouchstoneError(
      'storage.row-unexpected',
      `A stored fact does not have its shape: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
    );
  };
}

export const readEnrolled = bodyReader(EnrolledFact);
export const readTransition = bodyReader(TransitionFact);
export const readExam = bodyReader(ExamFact);
export const readNetwork = bodyReader(NetworkFact);
export const readTable = bodyReader(TableFact);
export const readProbe = bodyReader(ProbeFact);
export const readOffline = bodyReader(OfflineFact);
export const readLeaseMoved = bodyReader(LeaseMovedFact);
export const readLeaseWitnessed = bodyReader(LeaseWitnessedFact);
export const readAlarm = bodyReader(AlarmRaisedFact);
export const readSweepChain = bodyReader(SweepChainFact);
export const readSweep = bodyReader(SweepFact);
export const readDisputeMoved = bodyReader(DisputeMovedFact);
export const readAgentOldest = bodyReader(AgentOldestFact);
export const readHardware = bodyReader(HardwareReportedFact);
export const readAttested = bodyReader(CardAttestedFact);
export const readCatalogueLearned = bodyReader(CatalogueLearnedFact);
export const readFact = bodyReader(Fact);
