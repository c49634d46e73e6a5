import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('..', import.meta.url));
const configFile = '.dependency-cruiser.mjs';

/** One import for each rule that only that rule has to catch. */
const forbidden: Record<string, Record<string, string>> = {
  'arrows-protocol': { 'protocol/a.ts': "import type { X } from '../scoring/leaf.js';" },
  'arrows-challenges': { 'challenges/a.ts': "import '../scoring/leaf.js';" },
  'arrows-scoring': { 'scoring/a.ts': "import '../challenges/leaf.js';" },
  'arrows-verifier': { 'verifier/a.ts': "import '../agent/leaf.js';" },
  'arrows-agent': { 'agent/a.ts': "import '../scoring/leaf.js';" },
  'arrows-simulator': { 'simulator/a.ts': "import '../verifier/leaf.js';" },
  'arrows-witness': { 'witness/a.ts': "import '../verifier/leaf.js';" },
  'arrows-demo': { 'demo/a.ts': "import '../cli/leaf.js';" },
  'arrows-cli': { 'cli/a.ts': "import '../bench/leaf.js';" },
  'no-cycles': {
    'agent/b.ts': "import type { C } from './c.js';\nexport type B = C;",
    'agent/c.ts': "import type { B } from './b.js';\nexport type C = B;",
  },
  'nobody-imports-tests': { 'agent/d.ts': "await import('./testing/leaf.js');" },
  'no-test-file-imported': { 'agent/e.test.ts': "import './leaf.test.js';" },
  'nothing-from-outside-the-house': { 'agent/f.ts': "import '../scripts/folders.mjs';" },
  'pure-no-io': { 'scoring/formula/g.ts': "import { readFileSync } from 'node:fs';" },
  'pure-readers-read-only': { 'scoring/catalogue/read-catalogue.ts': "import { connect } from 'node:net';" },
  'pure-no-packages': { 'challenges/i.ts': "import 'native-package';" },
  'pure-not-through-engines': { 'challenges/j.ts': "import './engines/leaf.js';" },
  'only-declared-packages': { 'agent/k.ts': "import 'undeclared-package';" },
  'no-development-packages': { 'agent/l.ts': "import 'development-package';" },
  resolvable: { 'agent/m.ts': "import './nowhere.js';" },
};

const leaves = [
  'scoring',
  'challenges',
  'agent',
  'verifier',
  'cli',
  'bench',
  'agent/testing',
  'challenges/engines',
];

describe('the import rules', () => {
  let house: string;

  beforeEach(() => {
    house = mkdtempSync(join(tmpdir(), 'touchstone-imports-'));
    for (const path of ['scripts', configFile, 'tsconfig.json']) {
      cpSync(join(repository, path), join(house, path), { recursive: true });
    }
    write('package.json', {
      type: 'module',
      dependencies: { 'native-package': '1.0.0' },
      devDependencies: { 'development-package': '1.0.0' },
    });
    for (const name of ['native-package', 'undeclared-package', 'development-package']) {
      write(`node_modules/${name}/package.json`, { name, version: '1.0.0', main: 'index.js' });
      write(`node_modules/${name}/index.js`, '');
    }
    const cruiser = 'node_modules/dependency-cruiser';
    symlinkSync(join(repository, cruiser), join(house, cruiser));
    for (const folder of leaves) write(`${folder}/leaf.ts`, 'export type X = 1;');
    write('agent/leaf.test.ts', '');
  });

  afterEach(() => rmSync(house, { recursive: true }));

  function write(path: string, content: unknown): void {
    mkdirSync(dirname(join(house, path)), { recursive: true });
    writeFileSync(join(house, path), typeof content === 'string' ? content : JSON.stringify(content));
  }

  const check = () =>
    spawnSync(process.execPath, ['scripts/check-imports.mjs'], { cwd: house, encoding: 'utf8' });

  it('pass a house without forbidden imports and count its modules', () => {
    const { status, stdout, stderr } = check();
    expect(stderr).toBe('');
    expect(stdout).toContain(`${leaves.length + 1} of ${leaves.length + 1} modules seen, 0 forbidden`);
    expect(status).toBe(0);
  });

  it('can each be broken, and are then named with the file that breaks them', async () => {
    const { default: config } = await import(pathToFileURL(join(repository, configFile)).href);
    const rules = config.forbidden.map((rule: { name: string }) => rule.name);
    expect(Object.keys(forbidden).sort()).toEqual([...rules].sort());

    for (const files of Object.values(forbidden)) {
      for (const [path, text] of Object.entries(files)) write(path, text);
    }
    const { status, stderr } = check();
    for (const [rule, files] of Object.entries(forbidden)) {
      const [path] = Object.keys(files);
      expect(stderr, rule).toMatch(new RegExp(`^${path} → .*\n  ${rule}:`, 'm'));
    }
    expect(status).toBe(1);
  });

  it('fail where modules went unseen, as they do when the compiler is too new for the checker', () => {
    const config = `import real from './real.mjs';\nexport default { ...real, options: { ...real.options, exclude: 'verifier/' } };`;
    cpSync(join(house, configFile), join(house, 'real.mjs'));
    write(configFile, config);
    const { status, stderr } = check();
    expect(stderr).toContain('verifier/leaf.ts\n  was not seen');
    expect(status).toBe(1);
  });
});
