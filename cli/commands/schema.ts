import type { Command } from 'commander';

/** `touchstone schema`: what a verifier makes in a cluster of ClickHouse, for who makes it by hand. */
export function registerSchema(program: Command): void {
  program
    .command('schema')
    .description('Print the schema of the record for a replicated cluster of ClickHouse.')
    .requiredOption('--cluster <name>', 'as `SELECT DISTINCT cluster FROM system.clusters` shows it')
    .action(async ({ cluster }: { readonly cluster: string }) => {
      const { schemaOf } = await import('../../scoring/storage/migrate.js');
      process.stdout.write(await schemaOf(cluster));
    });
}
