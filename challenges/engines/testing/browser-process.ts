import { createWebgpuEngine } from '../webgpu/engine.js';
import { createWebgpuTableEngine } from '../webgpu/table.js';

// Runs in a browser's page: takes a task from whoever served it, and sends back what both engines made of it.

/** A small exam of both parts, with all byte strings in base64. */
export interface BrowserTask {
  readonly n: 256 | 512 | 1024;
  readonly layers: number;
  /** Pages of the compute part; those of the table are made of the same network and start vectors. */
  readonly pages: number;
  readonly banks: number;
  readonly bankPages: number;
  readonly walkers: number;
  readonly steps: number;
  readonly matrices: readonly [string, string, string, string];
  readonly bias: string;
  readonly digest: string;
  readonly left: string;
  readonly right: string;
  /** u32, as their bytes. */
  readonly coefficients: string;
  readonly keys: string;
}

/** Digests of all pages, results of all walkers and the last page of the table; or what went wrong. */
export type BrowserAnswer =
  | { readonly digests: number[]; readonly walkers: number[]; readonly page: number[] }
  | { readonly error: string };

async function answer(task: BrowserTask): Promise<BrowserAnswer> {
  const { gpu } = (globalThis as unknown as { navigator: { gpu?: GPU } }).navigator;
  if (gpu === undefined) return { error: 'The browser has no WebGPU.' };
  const open = async () => gpu;
  const { n, layers, pages, banks, bankPages, walkers, steps } = task;
  const [a, b, c, d] = task.matrices;
  const network = {
    n,
    layers,
    matrices: [values(a), values(b), values(c), values(d)] as const,
    bias: values(task.bias),
    digest: values(task.digest),
  };
  const start = { left: values(task.left), right: values(task.right) };

  const engine = createWebgpuEngine(open);
  const prepared = await engine.prepare({ n, layers, pages });
  await prepared.load(network);
  const digests = [...(await prepared.digests(start, 0, pages))];
  await engine.close();

  const tables = createWebgpuTableEngine(open);
  const table = await tables.prepare({ n, layers, banks, bankPages, walkers, steps });
  await table.build({ network, start, coefficients: words(task.coefficients) });
  const results = [...(await table.walk(words(task.keys), 0, walkers))];
  const page = [...(await table.read(banks - 1, bankPages - 1, 1))];
  await tables.close();
  return { digests, walkers: results, page };
}

const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
const values = (base64: string): Int8Array => new Int8Array(bytes(base64).buffer);
const words = (base64: string): Uint32Array => new Uint32Array(bytes(base64).buffer);

/** Asks for the task at `url`, and posts the answer there. */
export async function serve(url: string): Promise<void> {
  const task = (await (await fetch(url)).json()) as BrowserTask;
  const told = await answer(task).catch((error): BrowserAnswer => ({ error: String(error) }));
  await fetch(url, { method: 'POST', body: JSON.stringify(told) });
}
