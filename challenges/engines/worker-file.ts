import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What `new Worker`, piscina and `child_process.fork` need to run one of our own files. */
export interface WorkerFile {
  readonly filename: string;
  readonly execArgv: string[];
}

/**
 * The file `basename` (no extension) beside the caller. From a build that is the `.js` file; from source (tsx, vitest)
 * it is the `.ts` file, which a new thread or process can only read with tsx loaded.
 * @param importMetaUrl the caller's `import.meta.url`
 */
export function workerFile(importMetaUrl: string, basename: string): WorkerFile {
  const fromSource = importMetaUrl.split('?')[0]?.endsWith('.ts') ?? false;
  const filename = fileURLToPath(new URL(`./${basename}.${fromSource ? 'ts' : 'js'}`, importMetaUrl));
  if (!fromSource) return { filename, execArgv: [] };
  // `--import tsx` does nothing in a thread: there it has to be told to register.
  const loader = pathToFileURL(createRequire(importMetaUrl).resolve('tsx'));
  const api = new URL('./esm/api/index.mjs', loader).href;
  const register = `import { register } from ${JSON.stringify(api)}; register();`;
  return { filename, execArgv: ['--import', `data:text/javascript,${encodeURIComponent(register)}`] };
}
