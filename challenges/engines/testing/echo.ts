import { parentPort } from 'node:worker_threads';
// An import by its `.js` name: what only works from source where the loader is in place.
import { u32 } from '../../../protocol/bytes.js';

const bytes = u32(1);
const message = `${bytes.length}-${bytes.join('-')}`;
if (parentPort === null) process.send?.(message);
else parentPort.postMessage(message);
