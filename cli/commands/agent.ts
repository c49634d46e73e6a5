import { hostname } from 'node:os';
import bs58 from 'bs58';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { TouchstoneError } from '../../protocol/error.js';
import { limits } from '../../protocol/limits.js';
import { verifierOption } from '../options.js';
import { stopSignal } from '../stop-signal.js';

interface AgentOptions {
  readonly verifier: URL;
  readonly home?: string;
  readonly name: string;
  readonly wallet?: string;
  readonly allowSoftware: boolean;
  readonly once: boolean;
}

interface StatusOptions {
  readonly verifier: URL;
  readonly home?: string;
  readonly json: boolean;
  readonly fingerprint: boolean;
}

/** `touchstone agent`, `agent self-test` and `agent status`. */
export function registerAgent(program: Command): void {
  // Options after a subcommand's name are the subcommand's, though some have the same name in `agent` itself.
  // Commander wants that said at every level.
  const agent = program
    .enablePositionalOptions()
    .command('agent')
    .description("Examine this machine's cards for a verifier, until it is stopped.")
    .enablePositionalOptions()
    .addOption(verifierOption())
    .addOption(homeOption())
    .option('--name <name>', 'what the device is called', deviceName, hostname().slice(0, limits.nameLength))
    .addOption(walletOption())
    .addOption(softwareOption())
    .option('--once', 'end after the first complete set of verdicts: 0 where the device is verified', false)
    .action(async (options: AgentOptions, command: Command) => await run(options, command));

  agent
    .command('self-test')
    .description('Run the same exams without a verifier, before anyone judges: 0 where every card passes.')
    .addOption(softwareOption())
    .option('--json', 'print the checks as JSON', false)
    .action(async (options: { allowSoftware: boolean; json: boolean }) => await selfTest(options));

  agent
    .command('status')
    .description('Print what the verifier sees of this device.')
    .addOption(verifierOption().makeOptionMandatory())
    .addOption(homeOption())
    .option('--json', "print the verifier's own documents, unchanged", false)
    .option('--fingerprint', 'print instead what the agent tells the verifier of this machine', false)
    .action(async (options: StatusOptions) =>
      options.fingerprint ? await fingerprint(options) : await status(options),
    );
}

async function run(options: AgentOptions, command: Command): Promise<void> {
  // Not mandatory for commander, which would ask it of the subcommands too.
  if (!options.verifier) command.error("error: required option '--verifier <url>' not specified");
  const { runAgent } = await import('../../agent/run.js');
  const { homeDirectory } = await import('../../agent/home.js');
  const { createDisplay } = await import('../../agent/ui/display.js');
  const stop = stopSignal();
  try {
    const last = await runAgent({
      ...options,
      home: homeDirectory(options.home),
      signal: stop.signal,
      display: createDisplay(),
    });
    if (options.once && last !== 'verified') process.exitCode = 1;
  } finally {
    stop.release();
  }
}

async function selfTest(options: { allowSoftware: boolean; json: boolean }): Promise<void> {
  const { runSelfTest, selfTestLines } = await import('../../agent/self-test/run.js');
  const { createDisplay } = await import('../../agent/ui/display.js');
  const results = await runSelfTest(options.allowSoftware, createDisplay());
  const passed = results.every((result) => result.passed);
  print(
    options.json ? JSON.stringify({ passed, cards: results }, null, 2) : selfTestLines(results).join('\n'),
  );
  if (!passed) process.exitCode = 1;
}

async function status(options: StatusOptions): Promise<void> {
  const { loadIdentity } = await import('../../agent/key-file.js');
  const { homeDirectory } = await import('../../agent/home.js');
  const { readStatus, statusJson } = await import('../../agent/status.js');
  const { documentLines } = await import('../../agent/ui/document.js');
  const home = homeDirectory(options.home);
  const identity = await loadIdentity(home);
  if (!identity) throw new TouchstoneError('device.unknown', `There is no key in ${home} yet.`);
  const report = await readStatus(options.verifier, identity.device);
  if (options.json) return print(statusJson(report));
  print(
    [
      ...documentLines(JSON.parse(report.device)),
      '',
      'Why:',
      ...documentLines(JSON.parse(report.explain), '  '),
    ].join('\n'),
  );
}

async function fingerprint({ verifier, json }: StatusOptions): Promise<void> {
  const { fingerprintLines, readFingerprint } = await import('../../agent/fingerprint.js');
  const read = await readFingerprint(verifier);
  if (!json) return print(fingerprintLines(read).join('\n'));
  if (read.noKey !== null) process.stderr.write(`${read.noKey}\n`);
  print(JSON.stringify(read.report, null, 2));
}

const homeOption = (): Option =>
  new Option('--home <dir>', "directory of the device's key (default: TOUCHSTONE_HOME or ~/.touchstone)");

const softwareOption = (): Option =>
  new Option('--allow-software', 'also examine a software Vulkan device, which never earns').default(false);

const walletOption = (): Option =>
  new Option('--wallet <address>', 'Solana wallet that earns by this device; without it the one before stays')
    .env('TOUCHSTONE_WALLET')
    .argParser(walletAddress);

function walletAddress(text: string): string {
  if (bs58.decodeUnsafe(text)?.length === 32) return text;
  throw new InvalidArgumentError('It must be a Solana address: 32 bytes in base58.');
}

function deviceName(text: string): string {
  if (text.length > 0 && text.length <= limits.nameLength) return text;
  throw new InvalidArgumentError(`It must have 1 to ${limits.nameLength} characters.`);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
