import type { Command } from 'commander';
import { fromHex } from '../../protocol/bytes.js';
import { TouchstoneError } from '../../protocol/error.js';
import { httpUrl } from '../options.js';

interface Options {
  readonly json: boolean;
  readonly capture?: string;
  readonly network?: URL;
}

const help = `
Captures are made with --capture DIR, or by hand, one file each:
  nvidia-smi -q -x > nvidia-smi.xml
  nvidia-smi -L > nvidia-smi-list.txt
  amd-smi static --json > rocm-smi.json
  head -n 99 /proc/driver/nvidia/gpus/*/information > proc-nvidia.txt
  lspci -nnvmm -D > lspci.txt
  lscpu > lscpu.txt
Files of other names are taken by what they look like. Captures hold raw ids: give them to nobody but an investigator whom you
trust.`;

/** `touchstone inspect [FILE|DIR]`: what a machine, or what is captured of one, says about itself. */
export function registerInspect(program: Command): void {
  program
    .command('inspect')
    .argument('[path]', 'a file of captures or a folder of them; without it this machine is read')
    .description('Print cards, hashed ids and findings of hardware reports: 0 where any could be read.')
    .option('--json', 'print them as one JSON document', false)
    .option('--capture <dir>', "keep this machine's captures in a new folder; they hold its raw ids")
    .option('--network <url>', "a verifier, by whose key ids are hashed as its devices' are", httpUrl)
    .addHelpText('after', help)
    .action(async (path: string | undefined, options: Options, command: Command) => {
      if (path !== undefined && options.capture !== undefined)
        command.error('error: --capture keeps captures of this machine, and takes no path to read');
      await run(path, options);
    });
}

async function run(path: string | undefined, { json, capture, network }: Options): Promise<void> {
  const { inspect, inspectionKey } = await import('./inspect-report.js');
  const { loadKnownHardware } = await import('../../scoring/hardware/read-known.js');
  // Before anything is read or kept: a mistyped address should not cost a minute.
  const key = network === undefined ? inspectionKey : await keyOf(network);
  const hosts = await hostsOf(path, capture);
  const inspection = inspect(hosts, key, loadKnownHardware());
  if (json) return print(JSON.stringify(inspection, null, 2));
  const { inspectionLines } = await import('./inspect-lines.js');
  print(inspectionLines(inspection).join('\n'));
}

async function hostsOf(path: string | undefined, directory: string | undefined) {
  const { readCaptures, writeCaptures } = await import('../../agent/hardware/captures.js');
  if (path !== undefined) return await readCaptures(path);
  const { captureMachine } = await import('../../agent/hardware/read-machine.js');
  const captured = await captureMachine();
  if (directory === undefined) {
    const files = captured.captures.map(({ source }) => source.name);
    return [{ ...captured, name: '.', files }];
  }
  const written = await writeCaptures(directory, captured);
  process.stderr.write(
    `Kept ${written.length} captures in ${directory}. They hold raw ids of this machine: give them to nobody but an investigator whom you trust.\n`,
  );
  // What was kept, so that whoever reads it again gets the same.
  return await readCaptures(directory);
}

async function keyOf(network: URL) {
  const { VerifierApi } = await import('../../agent/connection/api.js');
  const { fingerprintKey } = await new VerifierApi(network).verifier();
  if (fingerprintKey === undefined)
    throw new TouchstoneError(
      'agent.reply-invalid',
      `${network.origin} has no key for ids: it is too old, or no verifier.`,
    );
  return { name: network.origin, bytes: fromHex(fingerprintKey) };
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);
