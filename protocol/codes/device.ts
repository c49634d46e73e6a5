import { codes } from './code.js';

/** Why a device is in the state it is in. */
export const deviceReasonCodes = codes({
  'device.hardware-changed': {
    kind: 'reason',
    title: 'Hardware changed',
    detail: 'The device claims other cards than before. That is a new examination, not a fault.',
    fix: 'Keep the agent running.',
  },
  'device.examined': {
    kind: 'reason',
    title: 'Under examination',
    detail: 'An exam that decides about the device is due or running.',
    fix: 'Keep the agent running.',
  },
  'integrity.low': {
    kind: 'reason',
    title: 'Integrity below the threshold',
    detail: 'Too many recent exams were failed.',
    fix: 'Pass exams: each pass raises integrity. The explain page says how many are needed.',
  },
  'card.not-examinable': {
    kind: 'reason',
    title: 'Card not examined',
    detail: 'No engine on this machine can run an exam on this card.',
    fix: "Run `touchstone agent self-test` and install what it misses: the card's driver, and `npm run setup:cuda` for CUDA.",
  },
  'card.never-eligible': {
    kind: 'reason',
    title: 'Never earns',
    detail: 'CPUs and software Vulkan devices are examined for tests and demonstrations and never earn.',
    fix: 'Nothing to do, unless a real card was expected: then install its driver, and its Vulkan driver.',
  },
});
