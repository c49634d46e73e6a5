import { codes } from './code.js';

/** Refusals of single messages about tables and probes. Nothing changes. */
export const probeErrorCodes = codes({
  'probe.unknown': {
    kind: 'error',
    title: 'No such probe',
    detail: 'This card has no probe with this id: it was never asked, or is over.',
    fix: 'Answer only the probe that was asked last.',
  },
  'probe.out-of-order': {
    kind: 'error',
    title: 'Not now',
    detail: 'This answer belongs to another step than the one the probe is at.',
    fix: 'Commit after `probe.walk`, reveal after `probe.open`, each once.',
  },
  'probe.wrong-roots': {
    kind: 'error',
    title: 'Wrong number of roots',
    detail: 'The commit must hold one root for each round of the probe.',
    fix: 'Send exactly `rounds` roots.',
  },
  'table.not-ordered': {
    kind: 'error',
    title: 'No such table',
    detail: 'This card was not asked to make a table of this seed, or the order is over.',
    fix: 'Answer `table.build` once, within its time.',
  },
});

/** How a probe ended: each gap in a transcript has one of these. */
export const probeReasonCodes = codes({
  'probe.passed': {
    kind: 'reason',
    title: 'Still there, still whole',
    detail: 'The card walked on its table in time, and every walker that was opened is right.',
    fix: 'Nothing to do.',
  },
  'probe.missed': {
    kind: 'reason',
    title: 'Probe not answered',
    detail: 'The connection lived, but no answer came in the time that a probe is waited for.',
    fix: 'Look for an engine error in what the agent printed; restart the agent where the card hangs.',
  },
  'probe.late': {
    kind: 'reason',
    title: 'Probe answered too late',
    detail:
      'The walk took longer than this card needs by its own earlier probes and by its class: other work ran on it, or the table was not there.',
    fix: 'Stop all other work on the card. If it became slower for another reason, look at its clocks, temperature and power limit.',
  },
  'probe.no-table': {
    kind: 'reason',
    title: 'Table not there',
    detail:
      'The card no longer has its table: the agent or its engine was restarted, or the memory was given to something else.',
    fix: 'Keep the agent running and the memory free. A new table is ordered by itself.',
  },
  'probe.wrong-walk': {
    kind: 'reason',
    title: 'Wrong walk in a probe',
    detail:
      'A walker that the card committed to does not follow from its table: pages were not there, or were made up.',
    fix: 'If the memory is overclocked or faulty, set it back to stock. An exam follows at once and decides.',
  },
  'probe.wrong-reveal': {
    kind: 'reason',
    title: 'Other leaves than committed to',
    detail: 'What was revealed in the probe is not what was asked for, or not what had been committed to.',
    fix: 'Update the agent. If you run your own, keep the leaves of the last walk.',
  },
  'probe.wrong-signature': {
    kind: 'reason',
    title: 'Transcript not signed',
    detail: 'The signature of the device is not over the tag that its answer leads to.',
    fix: 'Update the agent. If you run your own, sign the tag that follows from `previous`, `index` and your last root.',
  },
  'probe.unanswered': {
    kind: 'reason',
    title: 'No line for a probe',
    detail:
      'The connection was lost before the answer, or was away when a probe came due. The card is asked anew when it is back; the time between counts by its offline chain.',
    fix: 'Check the network.',
  },
  'probe.slow-line': {
    kind: 'reason',
    title: 'The line was slow',
    detail:
      'The answer was late, but so was the line at that moment. The card is asked again; after three times in a row it counts as late.',
    fix: 'Check the network: other traffic on it delays answers.',
  },
  'probe.ours': {
    kind: 'reason',
    title: 'Ended by us',
    detail:
      'The verifier stopped, stood still or could not check the proof. Nothing is counted against anybody.',
    fix: 'Nothing to do: the card is probed again.',
  },
});
