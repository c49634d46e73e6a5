import { tableBytes } from '../../protocol/shapes.js';
import type { TableKeeping } from '../table-engine.js';
import { recomputesMissing } from './keeps-part.js';

/** Bytes of a page's digest. */
const digestBytes = 16;

/**
 * Keeps the 16 bytes of each page's digest in place of the page. A step of a walk mixes all bytes of a page under a
 * rotation that nobody knows beforehand, so a digest answers none: every page that is read is made again.
 */
export const keepsDigests: TableKeeping = {
  ...recomputesMissing(0),
  heldBytes: (shape) => (tableBytes(shape) / shape.n) * digestBytes,
};
