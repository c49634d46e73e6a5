import { codes } from './code.js';

/** Refusals of single messages about offline chains. Nothing changes. */
export const offlineErrorCodes = codes({
  'offline.not-asked': {
    kind: 'error',
    title: 'Nothing of this was asked',
    detail: 'No trial, report or opening of this seed is open for the device.',
    fix: 'Answer `offline.trial` and `offline.open` once each, and report once after a reconnection.',
  },
});

/** What an outage counts for, and why. */
export const offlineReasonCodes = codes({
  'offline.credited': {
    kind: 'reason',
    title: 'Outage proven',
    detail:
      'The links that were solved while the line was down, and the walks between them, are right: the time counts as up.',
    fix: 'Nothing to do.',
  },
  'offline.token-unknown': {
    kind: 'reason',
    title: 'Not a chain of ours',
    detail: 'The token is not one that this verifier gave to this device.',
    fix: 'Return the token of the last `offline.chain` as it came.',
  },
  'offline.chain-stale': {
    kind: 'reason',
    title: 'Not the last chain',
    detail:
      'The chain was given out too long before the line went down: it could have been solved while the device was online.',
    fix: 'Keep the newest `offline.chain` only, and begin with it when the line goes down.',
  },
  'offline.too-short': {
    kind: 'reason',
    title: 'Too short to count',
    detail:
      'The line was down for less than one link of the chain takes. Time in which the verifier itself was out is nobody’s and is not counted.',
    fix: 'Nothing to do.',
  },
  'offline.wrong-key': {
    kind: 'reason',
    title: 'Chain not solved',
    detail: 'The key of the last link does not follow from the chain and the walks in between.',
    fix: 'Update the agent. Nothing is credited for links that were not solved.',
  },
  'offline.wrong-tag': {
    kind: 'reason',
    title: 'Roots do not lead to the tag',
    detail: 'The roots that were shown are not those that the reported tag stands for.',
    fix: 'Update the agent.',
  },
  'offline.wrong-walk': {
    kind: 'reason',
    title: 'Wrong walk in an outage',
    detail:
      'A walk that was opened does not follow from the table of the card: it was not there while the line was down.',
    fix: 'If the memory is overclocked or faulty, set it back to stock. An exam follows at once and decides.',
  },
  'offline.no-table': {
    kind: 'reason',
    title: 'Table gone after an outage',
    detail:
      'The card could not show the walks of its links again: its table is gone, so the outage is not proven for it.',
    fix: 'Keep the agent running through an outage and a while after it.',
  },
  'offline.unanswered': {
    kind: 'reason',
    title: 'Outage not shown',
    detail: 'The walks of the links that were asked for did not come in time.',
    fix: 'Keep the agent connected after an outage until it says what was credited.',
  },
  'offline.too-fast': {
    kind: 'reason',
    title: 'More links than time',
    detail:
      'More squarings were reported than any program can make in the time since the chain was given out.',
    fix: 'Report only links that were solved one after the other on this machine.',
  },
  'offline.capped': {
    kind: 'reason',
    title: 'Outages used up',
    detail:
      'More time of outages was credited within 30 days than a device may have; the rest counts as down.',
    fix: 'Look for a better line.',
  },
  'offline.ours': {
    kind: 'reason',
    title: 'Could not be checked by us',
    detail: 'The verifier could not check the chain. The agent may report it again.',
    fix: 'Nothing to do.',
  },
});
