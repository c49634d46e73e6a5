// Prints one line, a DawnReport, and ends. A program of its own: see dawn.ts.
import { create } from 'webgpu';
import type { DawnReport } from './dawn.js';

/** Dawn has no call that lists adapters, but names all of them when it is asked for one that is not there. */
async function listAdapters(): Promise<DawnReport['adapters']> {
  try {
    await create(['adapter=\u0000']).requestAdapter();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    return [...message.matchAll(/backend: '([^']*)', name: '(.*)'$/gm)].map(([, backend, name]) => ({
      backend: backend ?? '',
      name: name ?? '',
    }));
  }
}

async function chosenAdapter(): Promise<DawnReport['chosen']> {
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  if (adapter === null) return null;
  const { vendor, device, description, isFallbackAdapter } = adapter.info;
  return { vendor, device, description, isFallbackAdapter };
}

const report: DawnReport = { adapters: await listAdapters(), chosen: await chosenAdapter() };
// Dawn's threads would keep the process alive.
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
