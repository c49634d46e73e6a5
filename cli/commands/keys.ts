import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import type { KeyRole } from '../../verifier/access/key-file.js';
import { dataOption } from '../options.js';

interface DirectoryFlags {
  readonly data: string;
  readonly shared?: string;
}

// A constant of the verifier's would have to be loaded before `--help` can answer.
const roles: readonly KeyRole[] = ['marketplace', 'investigator', 'operator'];

/**
 * `touchstone keys add|list|remove`: who may use a verifier as a marketplace, an investigator or an operator. Running verifiers
 * see each change at once.
 */
export function registerKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('API keys of a verifier; kept as hashes in its directory.');
  const command = (name: string): Command =>
    keys
      .command(name)
      .addOption(dataOption())
      .addOption(
        new Option('--shared <dir>', 'the directory that several verifiers share, where they were given one'),
      );
  command('add')
    .argument('<name>', 'whose key it is: leases belong to this name')
    .description('Make a key and print it, once.')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).default('marketplace'))
    .action(add);
  command('list')
    .description('All keys: id, first characters, name, role, when they were made and last used.')
    .action(list);
  command('remove')
    .argument('<id>', 'as `list` shows it')
    .description('Take a key away: from now on it is refused.')
    .action(remove);
}

async function add(name: string, flags: DirectoryFlags & { readonly role: KeyRole }): Promise<void> {
  const { addKey } = await import('../../verifier/access/key-file.js');
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const { role } = flags;
  const key = await addKey(directoryOf(flags), { name, role, now: Date.now() }, random);
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `This is the only time that it is shown. It belongs to ${name}, as ${role}: send it as Authorization: Bearer.\n`,
  );
}

async function list(flags: DirectoryFlags): Promise<void> {
  const { idOfKey, readKeys } = await import('../../verifier/access/key-file.js');
  const { readUsed } = await import('../../verifier/access/used-keys.js');
  const keys = await readKeys(directoryOf(flags));
  const used = await readUsed(directoryOf(flags));
  const rows = keys.map((key) => {
    const id = idOfKey(key);
    const begins = key.prefix === undefined ? '' : `${key.prefix}…`;
    return [id, begins, key.name, key.role, timeOf(key.createdAt), timeOf(used[id])];
  });
  for (const row of columns([['id', 'key', 'name', 'role', 'made', 'last used'], ...rows])) {
    process.stdout.write(`${row}\n`);
  }
}

async function remove(id: string, flags: DirectoryFlags): Promise<void> {
  const { removeKey } = await import('../../verifier/access/key-file.js');
  const { name } = await removeKey(directoryOf(flags), id);
  process.stdout.write(`${id} of ${name} is removed\n`);
}

const directoryOf = ({ data, shared }: DirectoryFlags): string => shared ?? data;

const timeOf = (at: number | undefined): string =>
  at === undefined ? 'never' : new Date(at).toISOString().slice(0, 16);

/** Rows whose cells stand below each other. */
function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
