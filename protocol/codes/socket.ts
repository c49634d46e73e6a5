import { codes } from './code.js';

/** Refusals on an agent's WebSocket. Unless `closes`, the connection and the exam go on as if nothing had come. */
export const socketCodes = codes({
  'message.malformed': {
    kind: 'error',
    title: 'Not a message',
    detail: 'The frame is not JSON text.',
    fix: 'Send one JSON object in each text frame.',
  },
  'message.unknown': {
    kind: 'error',
    title: 'Unknown message',
    detail: 'No message has this type.',
    fix: 'Update the agent, or compare with the protocol page.',
  },
  'message.invalid': {
    kind: 'error',
    title: 'Message not understood',
    detail: 'The message does not have the shape that its type asks for.',
    fix: 'Compare with the schema of that message.',
  },
  'message.too-large': {
    kind: 'error',
    closes: true,
    title: 'Frame too large',
    detail: 'The frame is larger than any honest message.',
    fix: 'Send only what was asked. The connection was closed.',
  },
  'message.too-many': {
    kind: 'error',
    closes: true,
    title: 'Too many messages',
    detail: 'More messages came in one second than an exam has steps.',
    fix: 'Send only what was asked. The connection was closed; reconnect after a pause.',
  },
  'session.superseded': {
    kind: 'error',
    closes: true,
    title: 'Connected elsewhere',
    detail: 'The same device key opened a newer connection; this one was closed.',
    fix: 'Run one agent for each key. If you did not do this, somebody has your key: make a new one.',
  },
  'session.ended': {
    kind: 'error',
    closes: true,
    title: 'Session ended',
    detail: 'The verifier is shutting down, or could not go on with this device.',
    fix: 'The agent reconnects by itself.',
  },
});
