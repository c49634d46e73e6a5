import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Window } from '../../agent/maintenance.js';
import { TouchstoneError } from '../../protocol/error.js';
import { verifierOption } from '../options.js';

interface WhereFlags {
  readonly verifier: URL;
  readonly home?: string;
}

interface DeclareFlags extends WhereFlags {
  readonly in: number;
  readonly from?: number;
  readonly for: number;
  readonly reason: string;
}

/** `touchstone maintenance declare|list|end`: when this machine's device will be away, said with its own key. */
export function registerMaintenance(program: Command): void {
  const maintenance = program
    .command('maintenance')
    .description('Say ahead when this device will be away: minutes of such a window count for nobody.');
  where(
    maintenance
      .command('declare')
      .description('Declare a window, at least 35 minutes ahead.')
      .option('--in <duration>', 'begins in so long, such as 40m or 3h', duration, duration('40m'))
      .addOption(new Option('--from <time>', 'begins then, such as 2026-05-01T20:00Z').argParser(time))
      .requiredOption('--for <duration>', 'how long it is, such as 90m or 2h', duration)
      .option('--reason <text>', 'why; everybody can read it', 'maintenance'),
  ).action(declare);
  where(
    maintenance.command('list').description('Windows of the last 30 days and to come; times are UTC.'),
  ).action(list);
  where(
    maintenance
      .command('end')
      .argument('<id>', 'as `list` shows it')
      .description('Take a window back, or end it now.'),
  ).action(end);
}

const where = (command: Command): Command =>
  command
    .addOption(verifierOption().makeOptionMandatory())
    .option('--home <dir>', "directory of the device's key (default: TOUCHSTONE_HOME or ~/.touchstone)");

async function declare(flags: DeclareFlags): Promise<void> {
  const { declareMaintenance } = await import('../../agent/maintenance.js');
  const from = flags.from ?? Date.now() + flags.in;
  const span = { from, to: from + flags.for, reason: flags.reason };
  print(await declareMaintenance(flags.verifier, await ownIdentity(flags), span));
}

async function list(flags: WhereFlags): Promise<void> {
  const { listMaintenance } = await import('../../agent/maintenance.js');
  const { device } = await ownIdentity(flags);
  for (const window of await listMaintenance(flags.verifier, device)) print(window);
}

async function end(id: string, flags: WhereFlags): Promise<void> {
  const { endMaintenance } = await import('../../agent/maintenance.js');
  const left = await endMaintenance(flags.verifier, await ownIdentity(flags), id);
  if (left === null) process.stdout.write(`${id} is taken back\n`);
  else print(left);
}

async function ownIdentity({ home }: WhereFlags) {
  const { loadIdentity } = await import('../../agent/key-file.js');
  const { homeDirectory } = await import('../../agent/home.js');
  const directory = homeDirectory(home);
  const identity = await loadIdentity(directory);
  if (!identity) throw new TouchstoneError('device.unknown', `There is no key in ${directory} yet.`);
  return identity;
}

const print = ({ id, from, to, reason }: Window): void =>
  void process.stdout.write(`${id}  ${from}  ${to}  ${reason}\n`);

/** @returns milliseconds */
function duration(text: string): number {
  const [, count, unit] = /^(\d{1,5})(m|h)$/.exec(text) ?? [];
  if (count === undefined) throw new InvalidArgumentError('It must be minutes or hours, such as 40m or 2h.');
  return Number(count) * (unit === 'h' ? 3600_000 : 60_000);
}

/** @returns milliseconds since 1970 */
function time(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It must be a time, such as 2026-05-01T20:00Z.');
  return at;
}
