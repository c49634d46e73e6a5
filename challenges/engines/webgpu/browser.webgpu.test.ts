import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterEach, expect, it } from 'vitest';
import { toBase64 } from '../../../protocol/bytes.js';
import { walkKeys } from '../../memory/keys.js';
import { tableSource } from '../../memory/source.js';
import { referenceWalk } from '../../memory/walk.js';
import { referenceDigests, referencePages } from '../../pages/reference.js';
import { startsOfPages } from '../../pages/start.js';
import type { BrowserAnswer, BrowserTask } from '../testing/browser-process.js';
import { Chromium } from '../testing/chromium.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const open: { server?: Server; browser?: Chromium } = {};

afterEach(async () => {
  await open.browser?.close();
  open.server?.closeAllConnections();
  open.server?.close();
});

const page = `<!doctype html><title>Touchstone</title><script type="module">
const tell = (error) => fetch('/task', { method: 'POST', body: JSON.stringify({ error }) });
// A package or Node module on the way to the engine fails here: a page knows only files by their path.
import('/challenges/engines/testing/browser-process.js').then(({ serve }) => serve('/task'), (e) => tell(String(e)));
</script>`;

/** Our files as the compiler makes them, one by one, under the paths that a build has. */
function built(path: string): string | null {
  const source = `${root}${path.slice(1).replace(/\.js$/, '.ts')}`;
  if (!/^\/[a-z0-9/-]+\.js$/.test(path) || !existsSync(source)) return null;
  const compilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ES2022,
    verbatimModuleSyntax: true,
  };
  return ts.transpileModule(readFileSync(source, 'utf8'), { compilerOptions }).outputText;
}

/** Gives a task to a page in a browser, and resolves with its answer. */
async function inBrowser(task: BrowserTask): Promise<BrowserAnswer> {
  const server = createServer().listen(0, '127.0.0.1');
  open.server = server;
  await once(server, 'listening');
  const answered = new Promise<BrowserAnswer>((resolve, reject) => {
    const handle = async ({ method, url = '' }: IncomingMessage, body: Promise<string>) => {
      if (url === '/') return { type: 'text/html', content: page };
      if (url === '/task' && method === 'POST') resolve(JSON.parse(await body) as BrowserAnswer);
      if (url === '/task') return { type: 'application/json', content: JSON.stringify(task) };
      return { type: 'text/javascript', content: built(url) };
    };
    const respond = async (request: IncomingMessage, response: ServerResponse) => {
      const { type, content } = await handle(request, text(request));
      response.writeHead(content === null ? 404 : 200, { 'content-type': type }).end(content ?? '');
    };
    server.on('request', (request, response) => respond(request, response).catch(reject));
  });
  const { port } = server.address() as AddressInfo;
  open.browser = new Chromium(`http://localhost:${port}/`);
  return Promise.race([answered, open.browser.ended()]);
}

it('a browser runs the same files and gets the same bits, of both engines', async () => {
  const shape = { n: 256, layers: 5, banks: 3, bankPages: 64, walkers: 30, steps: 4 } as const;
  const pages = shape.banks * shape.bankPages;
  const seed = createHash('sha256').update('browser').digest();
  const { network, start, coefficients } = tableSource(shape, seed);
  const keys = walkKeys(seed, 0, null);
  const bytesOf = ({ buffer, byteOffset, byteLength }: Int8Array | Uint32Array) =>
    toBase64(new Uint8Array(buffer, byteOffset, byteLength));
  const [a, b, c, d] = network.matrices;

  const answer = await inBrowser({
    ...shape,
    pages,
    matrices: [bytesOf(a), bytesOf(b), bytesOf(c), bytesOf(d)],
    bias: bytesOf(network.bias),
    digest: bytesOf(network.digest),
    left: bytesOf(start.left),
    right: bytesOf(start.right),
    coefficients: bytesOf(coefficients),
    keys: bytesOf(keys),
  });

  const pageOf = (bank: number, index: number) =>
    referencePages(network, startsOfPages(start, 256, bank * shape.bankPages + index, 1), 1);
  expect(answer).toEqual({
    digests: [...referenceDigests(network, startsOfPages(start, 256, 0, pages), pages)],
    walkers: Array.from({ length: shape.walkers }, (_, walker) =>
      referenceWalk(shape, coefficients, keys, walker, pageOf),
    ),
    page: [...pageOf(shape.banks - 1, shape.bankPages - 1)],
  });
});
