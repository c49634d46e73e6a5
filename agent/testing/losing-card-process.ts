// A card's process that loses its card with every table, and says on every arming which process it is.
import type { WorkerReply, WorkerRequest } from '../exam/worker-calls.js';

process.on('message', ({ id, call }: WorkerRequest) => {
  const reply: WorkerReply =
    call === 'build'
      ? { id, type: 'error', code: 'engine.device-lost', message: 'The driver was reset.' }
      : { id, type: 'result', result: `engine-${process.pid}` };
  process.send?.(reply);
});
