import { type Command, InvalidArgumentError } from 'commander';
import type { VerifiedSweep } from '../../challenges/sweep/verify.js';
import { TouchstoneError } from '../../protocol/error.js';

/** Largest file that is read: some 100,000 members. */
const mostBytes = 64 * 2 ** 20;
const withinMs = 30_000;

interface Options {
  readonly head?: string;
  readonly json: boolean;
}

/** `touchstone verify-sweep FILE|URL…`: checks public files of sweeps. */
export function registerVerifySweep(program: Command): void {
  program
    .command('verify-sweep')
    .argument('<sweeps...>', 'files or addresses, such as https://verifier/v1/sweeps/sw_…')
    .description(
      'Check that nobody chose the seeds of a sweep: 0 where all follows, 1 where anything does not.',
    )
    .option('--head <hex>', 'head of the chain, known from before the sweep', headOf)
    .option('--json', 'print the findings as one JSON document', false)
    .action(async (sources: string[], { head, json }: Options) => {
      const { findReuse, verifySweep } = await import('../../challenges/sweep/verify.js');
      const documents: unknown[] = [];
      for (const source of sources) documents.push(await read(source));
      const verified = documents.map((document) => verifySweep(document, head === undefined ? {} : { head }));
      const reuse = findReuse(documents);
      const ok = reuse.length === 0 && verified.every((one) => one.ok);
      const text = json
        ? JSON.stringify(
            {
              ok,
              sweeps: verified.map(({ sweep, ...one }) => ({ sweep: sweep?.sweep ?? null, ...one })),
              reuse,
            },
            null,
            2,
          )
        : [
            ...sources.flatMap((source, at) => linesOf(source, verified[at])),
            ...reuse.map(({ code, detail }) => `  ${code}: ${detail}`),
          ].join('\n');
      process.stdout.write(`${text}\n`);
      if (!ok) process.exitCode = 1;
    });
}

function linesOf(source: string, verified: VerifiedSweep | undefined): string[] {
  if (verified === undefined) return [];
  const { sweep, seeds, findings } = verified;
  if (findings.length > 0)
    return [`${source}: not as it should be`, ...findings.map(({ code, detail }) => `  ${code}: ${detail}`)];
  const { proven = 0, members = [], spread } = sweep ?? {};
  const p99 = spread?.compute?.p99Ms;
  const together = p99 === undefined ? 'nobody was let go' : `99 of 100 let go within ${p99} ms`;
  return [
    `${source}: all follows. ${members.length} cards, ${seeds} seeds, ${together}, ${proven} GPUs proven together`,
  ];
}

function headOf(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('64 hexadecimal digits are expected.');
  return text;
}

/** @returns what it holds; undefined where it is not JSON, which is no sweep @throws TouchstoneError `sweep.unreadable` */
async function read(source: string): Promise<unknown> {
  const text = await (/^https?:\/\//.test(source) ? fetched(source) : fromFile(source)).catch(
    (cause: unknown) => {
      throw new TouchstoneError('sweep.unreadable', `${source} cannot be read.`, {}, { cause });
    },
  );
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function fetched(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
  if (!response.ok || response.body === null) throw new Error(`it answers ${response.status}`);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw new RangeError(`it has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function fromFile(file: string): Promise<string> {
  const { readFile, stat } = await import('node:fs/promises');
  const { size } = await stat(file);
  if (size > mostBytes) throw new RangeError(`it has ${size} bytes`);
  return readFile(file, 'utf8');
}
