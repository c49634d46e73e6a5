import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const here = dirname(fileURLToPath(import.meta.url));

/** What a source file imports when it runs: types are gone by then. */
function importsOf(path: string): string[] {
  const options = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.ES2022,
    verbatimModuleSyntax: true,
  };
  const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), { compilerOptions: options });
  return ts.preProcessFile(outputText).importedFiles.map((file) => file.fileName);
}

/** Everything that is not a file of ours and is reached from one, with the file that imports it. */
function reachedFrom(entry: string): string[] {
  const outside: string[] = [];
  const seen = new Set<string>();
  const open = [resolve(here, entry)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const name of importsOf(path)) {
      if (name.startsWith('.')) open.push(resolve(dirname(path), name.replace(/\.js$/, '.ts')));
      else outside.push(`${name} from ${path.slice(here.length + 1)}`);
    }
  }
  return outside;
}

describe('a browser can run the engine', () => {
  it.each(['engine.ts', 'table.ts'])('%s reaches no Node module and no package', (entry) => {
    expect(reachedFrom(entry)).toEqual([]);
  });

  it('and the walk over imports sees what the loader for Node reaches', () => {
    expect(reachedFrom('device/dawn.ts')).toEqual(['webgpu from device/dawn.ts']);
  });
});
