import { codes } from './code.js';

/**
 * Refusals of single messages inside an exam. Nothing changes and the exam waits on, but for `exam.late-commit`: it shows
 * that the card was too slow, and ends the exam as `exam.late`.
 */
export const examErrorCodes = codes({
  'exam.unknown': {
    kind: 'error',
    title: 'No such exam',
    detail: 'This device has no exam with this id: it was never issued, is over, or was replaced.',
    fix: 'Answer only the exam that was armed last.',
  },
  'exam.unknown-card': {
    kind: 'error',
    title: 'No such card in this exam',
    detail: 'The card index is not part of the exam.',
    fix: 'Use the indices that came with `exam.arm`.',
  },
  'exam.out-of-order': {
    kind: 'error',
    title: 'Not now',
    detail: 'This answer belongs to another step than the one the exam is at.',
    fix: 'Answer each step after it was asked: ready, commit, reveal.',
  },
  'exam.wrong-engine': {
    kind: 'error',
    title: 'Another engine than claimed',
    detail: 'The card says that it is ready on another engine than the one it enrolled with.',
    fix: 'Enrol again with the engine that will run: the exam follows from it.',
  },
  'exam.second-commit': {
    kind: 'error',
    title: 'Already committed',
    detail: 'The card has committed once in this exam; the first commit counts.',
    fix: 'Commit once.',
  },
  'exam.late-commit': {
    kind: 'error',
    title: 'Commit after the deadline',
    detail: 'The commit arrived after the time for it had passed.',
    fix: 'See the verdict: it says what was required.',
  },
  'exam.seed-unknown': {
    kind: 'error',
    title: 'Seed never issued',
    detail: 'The commit names another seed than the one this card was given.',
    fix: 'Compute with the seed from the last `exam.go`.',
  },
  'exam.wrong-roots': {
    kind: 'error',
    title: 'Wrong number of roots',
    detail: 'The commit must hold one root for each round of the shape.',
    fix: 'Send exactly `rounds` roots.',
  },
});

/** Why a card passed, failed or was not judged in an exam. */
export const examReasonCodes = codes({
  'exam.passed': {
    kind: 'reason',
    title: 'Passed',
    detail: 'Everything that was opened is right, and what was measured fits the class.',
    fix: 'Nothing to do.',
  },
  'exam.late': {
    kind: 'reason',
    title: 'Too late',
    detail: 'The connection was alive, but the answer did not come before the deadline.',
    fix: 'Stop other work on the card and check its power limit and temperature; then the exam is repeated.',
  },
  'exam.silent': {
    kind: 'reason',
    title: 'Silent while connected',
    detail:
      'The card was asked the same question several times and did not answer in time, though its connection lived.',
    fix: 'Look for an engine error in what the agent printed, stop other work on the card, and run `touchstone agent self-test`.',
  },
  'exam.unanswered': {
    kind: 'reason',
    title: 'Not answered',
    detail: 'The connection was lost before the card had committed. Nothing is counted against the card.',
    fix: 'Check the network; the same exam is asked again when the device is back.',
  },
  'exam.gave-up': {
    kind: 'reason',
    title: 'Gave up again and again',
    detail: 'The card took the seed and stopped before its commit, twice or more in one exam.',
    fix: 'Check that the machine survives full load: power supply, cooling, driver. Then the exam is asked again.',
  },
  'exam.not-ready': {
    kind: 'reason',
    title: 'Could not be armed in time',
    detail: 'The card did not get ready before the deadline. Nothing is counted against its integrity.',
    fix: 'Free memory on the card, then run `touchstone agent self-test`. The exam is asked again.',
  },
  'exam.declined': {
    kind: 'reason',
    title: 'Engine could not run',
    detail: 'The agent said that its engine cannot run this exam. Nothing is counted against its integrity.',
    fix: 'Read the agent log, update driver or runtime, run `touchstone agent self-test`.',
  },
  'exam.apart': {
    kind: 'reason',
    title: 'Answered apart',
    detail:
      'The card was right, but in another attempt than the other cards of its device, or with hours between its answers. What a device can do at once is not shown by that. Nothing is counted against anybody.',
    fix: 'Keep all cards free for the exam and the agent connected until its verdict; it is asked again by itself.',
  },
  'exam.ours': {
    kind: 'reason',
    title: 'Ended by us',
    detail: 'The verifier stopped or could not check the proof. Nothing is counted against anybody.',
    fix: 'Nothing to do: the exam is asked again.',
  },
});

/** What is wrong with a proof. */
export const proofCodes = codes({
  'proof.wrong-page': {
    kind: 'reason',
    hard: true,
    title: 'Wrong page',
    detail: 'A page that the card committed to does not follow from its seed: it was not computed.',
    fix: 'If the card is overclocked or its memory faulty, set it back to stock and ask the operator of the verifier for a joint exam.',
  },
  'proof.wrong-path': {
    kind: 'reason',
    title: 'Path does not reach the root',
    detail: 'What was revealed is not what had been committed to.',
    fix: 'Update the agent. If you run your own, keep the leaves of the round that you committed to.',
  },
  'proof.wrong-leaf-length': {
    kind: 'reason',
    title: 'Leaf of the wrong length',
    detail:
      'A revealed leaf must be 1,024 bytes, the digests of 64 pages or the results of 256 walkers; only the last leaf of a walk may be shorter.',
    fix: 'Update the agent.',
  },
  'proof.wrong-openings': {
    kind: 'reason',
    title: 'Other leaves than asked',
    detail: 'The revealed pages, or walkers, are not those that were asked for, in that order and number.',
    fix: 'Reveal exactly what `exam.open` lists. If you run your own agent, check its opening step.',
  },
});

/** What a walk on the table says about the claimed memory. */
export const memoryCodes = codes({
  'proof.wrong-walk': {
    kind: 'reason',
    hard: true,
    title: 'Wrong walk',
    detail:
      'A walker that the card committed to does not follow from the table: pages were not there, or were made up.',
    fix: 'If the memory is overclocked or faulty, set it back to stock and ask the operator of the verifier for a joint exam.',
  },
  'bandwidth.fits-class': {
    kind: 'reason',
    title: 'Memory fits the class',
    detail: 'The table was walked as fast as cards of the claimed class can.',
    fix: 'Nothing to do.',
  },
  'bandwidth.below-class': {
    kind: 'reason',
    title: 'Memory slower than the claimed class',
    detail:
      'The walk took longer than cards of the claimed class need: part of the table was not in the memory of the card, or others used it.',
    fix: 'Stop other work on the card and free its memory; claim the memory that it has.',
  },
  'bandwidth.above-physics': {
    kind: 'reason',
    hard: true,
    title: 'Memory faster than physics',
    detail: 'The walk was faster than the memory of any card of the claimed class.',
    fix: 'Claim the card that it is. If it is that card, give its exact model and engine to the operator of the verifier.',
  },
  'bandwidth.unmeasured': {
    kind: 'reason',
    title: 'No figures for this memory yet',
    detail: 'The walk is complete, but there are no figures that it could be held against.',
    fix: 'Nothing is wrong, and nothing to do.',
  },
  'bandwidth.not-judged': {
    kind: 'reason',
    title: 'Memory not judged',
    detail: 'The walk is not proven, and a bandwidth counts only where the work was proven.',
    fix: 'See the check of the walk.',
  },
  'memory.built': {
    kind: 'reason',
    title: 'Time of the build',
    detail:
      'From the order to build the table to the word that it stands. It is shown and never judged: the walk is.',
    fix: 'Nothing to do.',
  },
  'memory.not-examined': {
    kind: 'reason',
    title: 'Memory not examined',
    detail:
      'No engine on the machine can hold a table on this card, so its memory is unproven and the card counts as unlisted.',
    fix: 'Install a Vulkan, Metal or Direct3D 12 driver for the card; in a container set NVIDIA_DRIVER_CAPABILITIES=all. Then enrol again.',
  },
});

/** What the network exam says. It measures; it never fails a card. */
export const networkCodes = codes({
  'network.measured': {
    kind: 'reason',
    title: 'Measured',
    detail: 'Measured on the clock of the verifier, with bytes that it checked.',
    fix: 'Nothing to do.',
  },
  'network.wrong-bytes': {
    kind: 'reason',
    title: 'Other bytes than asked',
    detail: 'The transfer did not have the bytes of its seed, so nothing was measured.',
    fix: 'Update the agent. Look for a proxy on the way that changes binary WebSocket frames.',
  },
  'network.no-transfer': {
    kind: 'reason',
    title: 'Nothing transferred',
    detail: 'No byte came through before the time was over.',
    fix: 'Check the line and any proxy on the way; the network is measured again with the next exam.',
  },
  'network.not-asked': {
    kind: 'error',
    title: 'No transfer is running',
    detail: 'Bytes or a report came for a transfer that was not asked for, or is over.',
    fix: 'Send binary frames only after `network.upload`, and reports only after `network.download`.',
  },
});

/** What a measured rate says about the claimed class. */
export const rateCodes = codes({
  'rate.below-class': {
    kind: 'reason',
    title: 'Slower than the claimed class',
    detail: 'The proven rate is below what cards of the claimed class reach.',
    fix: 'Claim the card that it is; or stop other work, lift a power cap and try again.',
  },
  'rate.above-physics': {
    kind: 'reason',
    hard: true,
    title: 'Faster than physics',
    detail: 'The answer came faster than any card of the claimed class can compute it.',
    fix: 'Claim the card that it is. If it is that card, give its exact model and engine to the operator of the verifier.',
  },
  'rate.fits-class': {
    kind: 'reason',
    title: 'Rate fits the class',
    detail: 'The proven rate is within what cards of the claimed class reach.',
    fix: 'Nothing to do.',
  },
  'rate.unmeasured': {
    kind: 'reason',
    title: 'No figures for this engine yet',
    detail:
      'The proof is complete, but nobody has published what this engine reaches on this class, so the rate can neither confirm nor refute the claim.',
    fix: 'Nothing is wrong. The card counts as unlisted until the fleet has figures; an engine with figures confirms it now.',
  },
  'rate.not-judged': {
    kind: 'reason',
    title: 'Rate not judged',
    detail: 'The proof is not complete, and a rate counts only where the work was proven.',
    fix: 'See the check of the proof.',
  },
  'proof.complete': {
    kind: 'reason',
    title: 'Proof complete',
    detail: 'Every page, or walker, that was opened is right.',
    fix: 'Nothing to do.',
  },
});

/** A card whose name is in no class. */
export const unlistedCodes = codes({
  'class.by-measurement': {
    kind: 'reason',
    title: 'Class by measurement',
    detail:
      'No class has the name of this card. It has reached the rate, the memory and the bandwidth of this class, and counts as one of it.',
    fix: 'Nothing to do.',
  },
  'class.unlisted': {
    kind: 'reason',
    title: 'Not in the class that it was measured as',
    detail:
      'No class has the name of this card. In this exam it was slower than the class that it had been measured as. It never claimed that class, so nothing is counted against it; it is unlisted and measured anew.',
    fix: 'Stop other work on the card; its next exam measures it again by itself.',
  },
});
