import { codes } from './code.js';

/** What a person decides about a device. */
export const decisionCodes = codes({
  'decision.cleared': {
    kind: 'reason',
    title: 'Cleared by a person',
    detail: 'An investigator has lifted the quarantine. What joint exams had shown before counts no more.',
    fix: 'Keep the agent running: an exam comes within minutes, and decides.',
  },
  'decision.retired': {
    kind: 'reason',
    title: 'Retired by a person',
    detail:
      'The device was taken out for good, at the wish of its owner or by an investigator. Its claims are void.',
    fix: 'Enrol with a new key.',
  },
  'decision.not-possible': {
    kind: 'error',
    status: 409,
    title: 'Nothing to decide',
    detail: 'The status of the device allows no such decision now.',
    fix: 'See the status of the device: only what is quarantined can be cleared, and nothing that is leased can be retired.',
  },
});
