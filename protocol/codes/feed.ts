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
  'feed.filter-invalid': {
    kind: 'error',
    status: 400,
    title: 'Not a filter',
    detail: 'A list of types, devices, classes or statuses holds something that is none, or too much.',
    fix: 'Separate the values by commas, as the OpenAPI document lists them: at most 50 devices or classes.',
  },
  'feed.full': {
    kind: 'error',
    status: 503,
    title: 'Too many followers',
    detail: 'As many follow the changes here as this verifier, or one address or key, is allowed.',
    fix: 'Close the streams that you do not read. One stream with a wider filter does the work of many.',
  },
  'webhook.unknown': {
    kind: 'error',
    status: 404,
    title: 'No such webhook',
    detail: 'There is no webhook with this id, or it is not yours.',
    fix: 'List yours by `GET /v1/webhooks`. One that was given up is not listed: make it anew.',
  },
  'webhook.too-many': {
    kind: 'error',
    status: 409,
    title: 'Too many webhooks',
    detail: 'This key has as many webhooks as one may have.',
    fix: 'Remove one that is not needed. One webhook with a wider filter does the work of many.',
  },
  'webhook.target-refused': {
    kind: 'error',
    status: 422,
    title: 'Not an address for a webhook',
    detail: 'Webhooks go to public https addresses only, never into a private network.',
    fix: 'Give an https URL whose host name leads to public addresses alone, without a user name in it.',
  },
  'webhook.removed': {
    kind: 'reason',
    title: 'Removed',
    detail: 'The owner of the webhook, or an operator, removed it.',
    fix: 'Make it anew where it is wanted again.',
  },
  'webhook.gone': {
    kind: 'reason',
    title: 'Not wanted any more',
    detail: 'The receiver answered 410 Gone.',
    fix: 'Make the webhook anew where it is wanted again.',
  },
  'webhook.given-up': {
    kind: 'reason',
    title: 'Given up',
    detail: 'The receiver took nothing for days.',
    fix: 'Mend the receiver and make the webhook anew. What was missed is in `GET /v1/changes`, after the place that the webhook had come to.',
  },
});
