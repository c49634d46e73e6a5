// Checks the arrows of .dependency-cruiser.mjs, and that the check has seen every module: one that sees none passes too.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkedFolders, filesBelow, root } from './folders.mjs';

const expected = checkedFolders.flatMap((folder) => filesBelow(folder, (path) => path.endsWith('.ts')));

const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
const result = spawnSync(
  process.execPath,
  [cruiser, '--config', '.dependency-cruiser.mjs', '--output-type', 'json', ...checkedFolders],
  { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 },
);
if (result.stderr || !result.stdout) {
  process.stderr.write(`${result.stderr}imports: dependency-cruiser did not run\n`);
  process.exit(1);
}

const { modules, summary } = JSON.parse(result.stdout);
const inChecked = (path) => checkedFolders.some((folder) => path.startsWith(`${folder}/`));
const seen = new Set(
  modules.map(({ source }) => source).filter((path) => path.endsWith('.ts') && inChecked(path)),
);
const unseen = expected.filter((path) => !seen.has(path));

for (const { rule, from, to } of summary.violations) {
  const comment = summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name)?.comment ?? '';
  process.stderr.write(`${from} → ${to}\n  ${rule.name}: ${comment}\n`);
}
for (const path of unseen) process.stderr.write(`${path}\n  was not seen by dependency-cruiser\n`);

process.stdout.write(
  `imports: ${seen.size} of ${expected.length} modules seen, ${summary.violations.length} forbidden\n`,
);
process.exit(summary.violations.length + unseen.length === 0 && seen.size > 0 ? 0 : 1);
