import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { dataOption } from '../options.js';

interface DataFlag {
  readonly data: string;
}

/** `touchstone keys add|list|remove`: who may use a verifier as a marketplace. A running verifier sees each change at once. */
export function registerKeys(program: Command): void {
  const keys = program
    .command('keys')
    .description('API keys of a verifier; kept as hashes in its directory.');
  keys
    .command('add')
    .argument('<name>', 'whose key it is: leases belong to this name')
    .description('Make a key and print it, once.')
    .addOption(new Option('--role <role>', 'what it may do').choices(['marketplace']).default('marketplace'))
    .addOption(dataOption())
    .action(add);
  keys
    .command('list')
    .description('All keys: id, name, role, when they were made and last used.')
    .addOption(dataOption())
    .action(list);
  keys
    .command('remove')
    .argument('<id>', 'as `list` shows it')
    .description('Take a key away: from now on it is refused.')
    .addOption(dataOption())
    .action(remove);
}

async function add(name: string, { role, data }: DataFlag & { readonly role: 'marketplace' }): Promise<void> {
  const { addKey } = await import('../../verifier/access/key-file.js');
  const random = (length: number) => new Uint8Array(randomBytes(length));
  const key = await addKey(data, { name, role, now: Date.now() }, random);
  process.stdout.write(`${key}\n`);
  process.stderr.write(
    `This is the only time that it is shown. It belongs to ${name}, as ${role}: send it as Authorization: Bearer.\n`,
  );
}

async function list({ data }: DataFlag): Promise<void> {
  const { idOfKey, readKeys, readUsed } = await import('../../verifier/access/key-file.js');
  const keys = await readKeys(data);
  const used = await readUsed(data);
  const rows = keys.map((key) => {
    const id = idOfKey(key);
    return [id, key.name, key.role, timeOf(key.createdAt), timeOf(used[id])];
  });
  for (const row of columns([['id', 'name', 'role', 'made', 'last used'], ...rows])) {
    process.stdout.write(`${row}\n`);
  }
}

async function remove(id: string, { data }: DataFlag): Promise<void> {
  const { removeKey } = await import('../../verifier/access/key-file.js');
  const { name } = await removeKey(data, id);
  process.stdout.write(`${id} of ${name} is removed\n`);
}

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
