import { type Command, InvalidArgumentError } from 'commander';
import { TouchstoneError } from '../../protocol/error.js';
import { WitnessToken } from '../../protocol/ids.js';
import { issuerOption, verifierOption } from '../options.js';
import { stopSignal } from '../stop-signal.js';

interface Options {
  readonly verifier: URL;
  readonly lease: string;
  readonly token?: string;
  readonly home?: string;
  readonly key?: string;
  readonly receipt?: string;
}

/** Where the token is looked for without `--token`: never among the arguments, which every process can read. */
const tokenVariable = 'TOUCHSTONE_WITNESS_TOKEN';

/** `touchstone witness`: what a tenant runs in its container through a lease. */
export function registerWitness(program: Command): void {
  program
    .command('witness')
    .description("Watch a lease from within the tenant's container, and check its receipt at the end.")
    .addOption(verifierOption().makeOptionMandatory())
    .requiredOption('--lease <id>', 'the lease', leaseId)
    .option('--token <file>', `file with the token of the witness (default: ${tokenVariable})`)
    .option('--home <dir>', 'directory to keep the key of the witness in, so that a restart is the same one')
    .option('--receipt <file>', 'where to write the receipt at the end')
    .addOption(issuerOption())
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { runWitness } = await import('../../witness/witness.js');
  const { LeaseApi } = await import('../../witness/lease-api.js');
  const { tenantLoad } = await import('../../witness/tenant-load.js');
  const { receiptLines } = await import('../receipt-lines.js');
  const stop = stopSignal();
  try {
    const identity = await identityIn(options.home);
    tell(`Witness ${identity.device} of lease ${options.lease}.`);
    const end = await runWitness({
      api: new LeaseApi(options.verifier, options.lease, await tokenOf(options.token), stop.signal),
      identity,
      load: () => tenantLoad(),
      clock: Date,
      signal: stop.signal,
      tell,
      ...(options.key !== undefined && { issuer: options.key }),
    });
    if (end === null) return tell('Stopped before the lease has ended: there is no receipt yet.');
    if (options.receipt !== undefined) await keep(options.receipt, end.text);
    process.stdout.write(`${receiptLines(end, options.key).join('\n')}\n`);
    if (!end.ok) process.exitCode = 1;
  } finally {
    stop.release();
  }
}

/** A key in memory is another one after a restart, and only the first may speak for a lease. */
async function identityIn(home?: string) {
  if (home !== undefined) return await (await import('../../agent/key-file.js')).loadOrMakeIdentity(home);
  const { randomBytes } = await import('node:crypto');
  return (await import('../../agent/identity.js')).identityOf(randomBytes(32));
}

async function tokenOf(file?: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const { Check } = await import('typebox/value');
  const unreadable = (cause: unknown) => {
    throw new TouchstoneError('witness.token-unreadable', `${file} cannot be read.`, {}, { cause });
  };
  const text =
    file === undefined ? process.env[tokenVariable] : await readFile(file, 'utf8').catch(unreadable);
  const token = text?.trim() ?? '';
  if (Check(WitnessToken, token)) return token;
  throw new TouchstoneError('witness.token-unreadable', `No token of a witness in ${file ?? tokenVariable}.`);
}

async function keep(file: string, text: string): Promise<void> {
  const { writeFile } = await import('node:fs/promises');
  await writeFile(file, text);
}

function leaseId(text: string): string {
  if (/^le_[0-9a-f]{32}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be the id of a lease: le_ and 32 hexadecimal digits.');
}

const tell = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);
