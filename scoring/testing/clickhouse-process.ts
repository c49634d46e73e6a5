import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createChdbConnection } from 'chdb/connection';

// What `ClickHouseServer` runs: DIRECTORY PORT. Prints its port on a line when it listens.

const [dataDir = '', port = '0'] = process.argv.slice(2);
const connection = createChdbConnection({ path: dataDir });

/** What is sent beside the settings in the address of a request. */
const notSettings = new Set(['query', 'query_id', 'database', 'session_id', 'role', 'default_format']);

const literal = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
const set = ([name, value]: readonly [string, string]) => `SET ${name} = ${literal(value)}`;

/** A statement of a request, and what it is to run under. */
interface Asked {
  readonly query: string;
  readonly database: string;
  readonly format: string;
  readonly parameters: readonly (readonly [string, string])[];
  readonly settings: Readonly<Record<string, string>>;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString('utf8');
  const given = [...url.searchParams];
  const isParameter = ([name]: readonly [string, string]) => name.startsWith('param_');
  return {
    query: [url.searchParams.get('query'), body].filter(Boolean).join('\n'),
    database: url.searchParams.get('database') ?? 'default',
    format: url.searchParams.get('default_format') ?? 'TabSeparated',
    parameters: given.filter(isParameter),
    settings: Object.fromEntries(given.filter((one) => !isParameter(one) && !notSettings.has(one[0]))),
  };
}

/**
 * All requests share one session of the engine, which keeps what was set: so one at a time, and afterwards everything
 * is as before. A parameter is set as text, just as it came, because the engine reads it as a server does.
 */
async function run({ query, database, format, parameters, settings }: Asked): Promise<Buffer> {
  const before = [`USE ${JSON.stringify(database)}`, ...parameters.map(set)].join('; ');
  try {
    const result = await connection.query({
      query: `${before}; ${query}`,
      clickhouse_settings: { ...settings, default_format: format },
    } as Parameters<typeof connection.query>[0]);
    const chunks: Buffer[] = [];
    for await (const chunk of result.stream) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } finally {
    await restore(Object.keys(settings));
  }
}

/** One by one: a setting that the engine does not know was refused before, and must not keep the others set. */
async function restore(settings: readonly string[]): Promise<void> {
  for (const name of settings) {
    const query = `SET ${name} = DEFAULT`;
    await connection.command({ query } as Parameters<typeof connection.command>[0]).catch(() => {});
  }
}

let last: Promise<unknown> = Promise.resolve();
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => {});
  return turn;
}

async function answer(request: IncomingMessage, reply: ServerResponse): Promise<void> {
  if (request.url?.startsWith('/ping')) {
    reply.end('Ok.\n');
    return;
  }
  const asked = await read(request);
  try {
    const bytes = await inTurn(() => run(asked));
    reply.writeHead(200, { 'content-type': 'text/plain; charset=UTF-8', 'content-length': bytes.length });
    reply.end(bytes);
  } catch (error) {
    refuse(reply, error);
  }
}

function refuse(reply: ServerResponse, error: unknown): void {
  const {
    code = '0',
    type = 'UNKNOWN_EXCEPTION',
    message,
  } = error as Error & { code?: string; type?: string };
  reply.writeHead(500, { 'x-clickhouse-exception-code': code });
  reply.end(`Code: ${code}. DB::Exception: ${message} (${type}) (version 26.2)\n`);
}

// A server takes addresses of 1 MiB: long parameters are in them.
const server = createServer({ maxHeaderSize: 1_048_576 }, (request, reply) => {
  answer(request, reply).catch((error: unknown) => reply.destroy(error as Error));
});

async function end(): Promise<void> {
  server.close();
  server.closeIdleConnections();
  await inTurn(() => connection.close());
  process.exit(0);
}

process.once('SIGTERM', () => void end());
process.stdin.once('close', () => process.exit(0)).resume();

server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
