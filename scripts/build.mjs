// Compiles to dist/ and copies what is not TypeScript. Quiet when all is well; a rebuild takes a second or two.
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { builtFolders, filesBelow, root } from './folders.mjs';

const isTestOnly = (path) => /\.test\.ts$|\/testing\//.test(path);
const isAsset = (path) => /\.(sql|json)$/.test(path) && !isTestOnly(path);
const isSource = (path) => path.endsWith('.ts') && !path.endsWith('.d.ts') && !isTestOnly(path);

const sources = builtFolders.flatMap((folder) => filesBelow(folder, isSource));
const assets = builtFolders.flatMap((folder) => filesBelow(folder, isAsset));

const outputsOf = (source) => ['.js', '.js.map', '.d.ts'].map((end) => source.replace(/\.ts$/, end));
const expected = new Set([...sources.flatMap(outputsOf), ...assets].map((path) => `dist/${path}`));

/** What an earlier build left of files that are gone now: it could still be imported, and would hide the loss. */
function removeStale() {
  for (const path of filesBelow('dist', (name) => name !== 'dist/.tsbuildinfo')) {
    if (!expected.has(path)) rmSync(join(root, path));
  }
}

/** An incremental compiler writes only what changed; where an output was lost it has to start over. */
function forgetIncompleteBuild() {
  const lost = sources.flatMap(outputsOf).some((path) => !existsSync(join(root, 'dist', path)));
  if (lost) rmSync(join(root, 'dist/.tsbuildinfo'), { force: true });
}

function compile() {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const result = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--pretty', 'false'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}build: the compiler found errors\n`);
  process.exit(1);
}

/** Copies only what differs, so that a running verifier's files are left alone by a build that changes nothing. */
function copyAssets() {
  for (const path of assets) {
    const from = join(root, path);
    const to = join(root, 'dist', path);
    if (existsSync(to) && statSync(to).size === statSync(from).size) {
      if (readFileSync(to).equals(readFileSync(from))) continue;
    }
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
}

removeStale();
forgetIncompleteBuild();
compile();
copyAssets();
chmodSync(join(root, 'dist/cli/touchstone.js'), 0o755);
