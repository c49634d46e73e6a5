import { cpus, totalmem } from 'node:os';
import { limits } from '../../protocol/limits.js';
import type { FoundCard } from './found-card.js';

/** The CPU of this machine, with all its sockets and the memory this process may use, as one card. */
export function findCpu(): FoundCard {
  const model = (cpus()[0]?.model ?? '').trim().replace(/\s+/g, ' ');
  const vendor = vendorOf(model);
  return {
    kind: 'cpu',
    model: (model || process.arch).slice(0, limits.textLength),
    ...(vendor && { vendor }),
    memoryBytes: usableMemory(),
  };
}

function vendorOf(model: string): string | undefined {
  if (/intel/i.test(model)) return 'Intel';
  if (/\bamd\b/i.test(model)) return 'AMD';
  if (/apple/i.test(model)) return 'Apple';
  return undefined;
}

/** In a container its limit, where it has one: 0 and huge numbers stand for none. */
function usableMemory(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
}
