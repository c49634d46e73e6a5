import { provenTogether } from '../../challenges/sweep/proven.js';
import { hardwareOf } from '../../protocol/hardware.js';
import type { SweepDocument, SweepDocumentMember, SweepMember } from '../../protocol/messages/sweep.js';
import type { ExamFact } from '../../scoring/facts/facts.js';
import type { SweepChainFact, SweepFact } from '../../scoring/facts/sweep.js';

/**
 * The public file of a sweep that is over.
 * @param parts all of them, in their order
 * @param exams of its members, as far as they are on record
 */
export function sweepDocument(
  [first, ...rest]: readonly [SweepFact, ...SweepFact[]],
  { head, length, at: headAt }: SweepChainFact,
  exams: readonly ExamFact[],
): SweepDocument {
  const { sweep, sweepKind, chain, index, preimage, beacons, startedAt, computeAt, memoryAt } = first;
  const { spread, clocks, eligible, drawn } = first;
  const byCard = new Map(exams.map((exam) => [`${exam.exam}/${exam.card}`, exam]));
  const members = [first, ...rest]
    .flatMap((part) => part.members)
    .map((member) => documentMember(member, byCard.get(`${member.exam}/${member.card}`)));
  const fields = { sweep, sweepKind, chain, index, preimage, beacons, startedAt, computeAt, memoryAt };
  return {
    version: 'touchstone/v1/sweep',
    ...fields,
    spread,
    clocks,
    eligible,
    drawn,
    head,
    length,
    headAt,
    members,
    proven: provenTogether(members),
  };
}

function documentMember(member: SweepMember, exam: ExamFact | undefined): SweepDocumentMember {
  if (exam === undefined) {
    const unknown = { kind: null, hardware: null, outcome: null, class: null, compute: null, memory: null };
    return { ...member, ...unknown };
  }
  const { claim, outcome, attempts, seed, memory = null } = exam;
  return {
    ...member,
    kind: claim.kind,
    hardware: hardwareOf(claim) || null,
    outcome,
    class: exam.class,
    compute: { attempts, seed },
    memory:
      memory === null
        ? null
        : { attempts: memory.attempts, tableSeed: memory.tableSeed, walkSeed: memory.walkSeed },
  };
}
