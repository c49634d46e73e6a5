import type { Command } from 'commander';
import { TouchstoneError } from '../../protocol/error.js';
import { issuerOption } from '../options.js';

/** Largest file that is read: a verifier lets no lease grow beyond a fraction of it. */
const mostBytes = 448 * 2 ** 20;

interface Options {
  readonly key?: string;
  readonly json: boolean;
}

/** `touchstone verify-receipt FILE`: checks a receipt of a lease, offline. */
export function registerVerifyReceipt(program: Command): void {
  program
    .command('verify-receipt')
    .argument('<file>', 'the receipt as the verifier sent it')
    .description(
      'Check the receipt of a lease offline: 0 where all of it follows, 1 where anything does not.',
    )
    .addOption(issuerOption())
    .option('--json', 'print the checks as one JSON document', false)
    .action(async (file: string, options: Options) => {
      const { verifyReceipt } = await import('../../scoring/receipt/verify.js');
      const { receiptLines } = await import('../receipt-lines.js');
      const verified = verifyReceipt(
        await read(file),
        options.key === undefined ? {} : { issuer: options.key },
      );
      const { ok, checks } = verified;
      const text = options.json
        ? JSON.stringify({ ok, checks }, null, 2)
        : receiptLines(verified, options.key).join('\n');
      process.stdout.write(`${text}\n`);
      if (!ok) process.exitCode = 1;
    });
}

/** @returns what the file holds; undefined where it is not JSON, which is no receipt */
async function read(file: string): Promise<unknown> {
  const { readFile, stat } = await import('node:fs/promises');
  const text = await stat(file)
    .then(({ size }) => {
      if (size > mostBytes) throw new RangeError(`it has ${size} bytes`);
      return readFile(file, 'utf8');
    })
    .catch((cause: unknown) => {
      throw new TouchstoneError('receipt.unreadable', `${file} cannot be read.`, {}, { cause });
    });
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
