import { codes } from './code.js';

/** Refusals about the feed of changes and webhooks. */
export const feedCodes = codes({
  'feed.cursor-invalid': {
    kind: 'error',
    status: 400,
    title: 'Not a place in the feed',
    detail: 'The Last-Event-ID is none that this feed has given.',
    fix: 'Send the id of the last event that you have taken, or none to begin now.',
  },
});
