// `npm test`: gets what the tests need, builds, and runs vitest with any further arguments.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { root } from './folders.mjs';
import { installCommand, missingPackages, rootPrefix, softwareVulkan } from './test-tools.mjs';

const say = (text) => process.stderr.write(`${text}\n`);

function stop(...lines) {
  for (const line of lines) say(line);
  process.exit(1);
}

/** Runs a command with our own output and no input: whatever would ask something has to fail instead. */
function run(command, args, env = process.env) {
  return spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}

function install(packages, prefix) {
  say(`npm test: installing ${packages.join(', ')}`);
  // Through env, because sudo passes no variables on.
  const quiet = `${prefix}env DEBIAN_FRONTEND=noninteractive`;
  const steps = installCommand(packages)
    .split(' && ')
    .map((step) => `${quiet} ${step} >&2`);
  return run('sh', ['-c', steps.join(' && ')]) === 0;
}

function provideTools() {
  const missing = missingPackages();
  if (missing.length === 0) return;
  const command = installCommand(missing);
  if (command === undefined) {
    stop(
      `npm test: missing here: ${missing.join(', ')} (names of Debian's packages).`,
      'Install redis-server and libvulkan.so.1, and set VK_ICD_FILENAMES to the vk_swiftshader_icd.json of a Chromium.',
    );
  }
  const prefix = process.platform === 'linux' ? rootPrefix() : undefined;
  if (prefix !== undefined && install(missing, prefix)) {
    const still = missingPackages();
    if (still.length === 0) return;
    stop(`npm test: installed, but still not found: ${still.join(', ')}`);
  }
  const asRoot = process.platform === 'linux' ? `sudo sh -c '${command}'` : command;
  stop(
    `npm test: missing here: ${missing.join(', ')}. Run this, then again npm test:`,
    '',
    `  ${asRoot}`,
    '',
  );
}

/** Tests reach a GPU through Vulkan: on Linux the software one, so that they give the same bits everywhere. */
function testEnvironment() {
  const manifest = softwareVulkan();
  if (manifest === undefined) {
    say('npm test: no software Vulkan on this system; GPU tests use the real GPU where there is one.');
    return process.env;
  }
  const env = { ...process.env, VK_ICD_FILENAMES: manifest };
  // A newer name of the same variable, which would win over ours.
  delete env.VK_DRIVER_FILES;
  return env;
}

provideTools();
if (run(process.execPath, ['scripts/build.mjs']) !== 0) process.exit(1);
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
process.exit(run(process.execPath, [vitest, 'run', ...process.argv.slice(2)], testEnvironment()));
