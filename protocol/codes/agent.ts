import { codes } from './code.js';

/** What can go wrong where an engine runs: on the supplier's machine, in the command line tools, in the proof pool. */
export const agentCodes = codes({
  'agent.too-old': {
    kind: 'error',
    status: 426,
    closes: true,
    title: 'Agent too old',
    detail:
      'This version of the agent is no longer taken. It was told at least an hour ahead, and begins with an hour of UTC.',
    fix: 'Install the current version and start the agent again with the same key. Minutes until then count as down.',
  },
  'agent.key-unreadable': {
    kind: 'error',
    title: 'Key file cannot be used',
    detail: 'The key file is not readable, not a key, or open to other users.',
    fix: 'Make it readable by you alone (chmod 600), or move it away: a new key is made, and is another device or another witness.',
  },
  'agent.verifier-unreachable': {
    kind: 'error',
    title: 'Verifier not reachable',
    detail: 'No connection to the verifier could be made.',
    fix: 'Check the address and the network. An agent that runs goes on trying.',
  },
  'agent.verifier-refused': {
    kind: 'error',
    title: 'Refused by the verifier',
    detail: 'The verifier refused with a code that this version does not know.',
    fix: 'Read the message; check that the address is the verifier itself, then update the agent.',
  },
  'agent.reply-invalid': {
    kind: 'error',
    title: 'Reply not understood',
    detail: 'The reply does not have the documented form: something else than a verifier may have answered.',
    fix: 'Check the address and any proxy or login page on the way. An agent that runs goes on trying.',
  },
  'engine.unavailable': {
    kind: 'error',
    title: 'Engine not available',
    detail: 'The engine or its provider cannot be loaded on this machine.',
    fix: 'Install what the message names (`npm run setup:cuda` for CUDA), or let the agent choose another engine.',
  },
  'engine.failed': {
    kind: 'error',
    title: 'Engine failed',
    detail: 'The engine stopped with an error while it worked.',
    fix: 'Read the message; free memory, update the driver, then run `touchstone agent self-test`.',
  },
  'engine.out-of-memory': {
    kind: 'error',
    title: 'Not enough memory on the card',
    detail:
      'The table of the memory exam does not fit: the card has less memory than claimed, or others hold it.',
    fix: 'Stop what else runs on the card, then run `touchstone agent self-test`. Claim the memory that it has.',
  },
  'engine.device-lost': {
    kind: 'error',
    title: 'The card was lost',
    detail: 'The driver reset the card or took it away while the engine worked.',
    fix: 'Look for a driver reset in the system log; check power supply, temperature and overclocking. The exam is asked again.',
  },
  'engine.inexact': {
    kind: 'error',
    title: 'Engine is not exact',
    detail: 'The engine gave other bits than the reference on this machine.',
    fix: 'Set the card to stock clocks, update its driver, or use another engine.',
  },
  'rate.not-judged-here': {
    kind: 'reason',
    title: 'Rate not judged locally',
    detail: 'The rate was measured on this machine alone. The verifier compares it with the claimed class.',
    fix: 'Nothing to do.',
  },
  'memory.not-judged-here': {
    kind: 'reason',
    title: 'Memory not judged locally',
    detail:
      'Table and walk were measured on this machine alone. The verifier compares them with the claimed class.',
    fix: 'Nothing to do.',
  },
  'shape.invalid': {
    kind: 'error',
    title: 'Impossible shape',
    detail: 'The shape of the exam is outside the limits of the protocol.',
    fix: 'Update the agent. If it is current, report the verifier.',
  },
  'vectors.unreadable': {
    kind: 'error',
    title: 'Answer files not readable',
    detail: 'The directory has no answer file, or one is not of the documented form.',
    fix: 'Name a directory with stream.json, compute.json or memory.json.',
  },
  'queue.full': {
    kind: 'error',
    status: 503,
    title: 'Queue full',
    detail: 'More proofs wait to be checked than the queue holds.',
    fix: 'Nothing to do: the answer is kept and checked later. If that takes too long the exam ends as ours and nobody is marked.',
  },
});
