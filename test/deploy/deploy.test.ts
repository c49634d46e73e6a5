import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { buildProgram } from '../../cli/program.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'deploy');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
const read = (name: string) => readFileSync(join(folder, name), 'utf8');
const documentsOf = (name: string) =>
  parseAllDocuments(read(name), { merge: true, strict: true, uniqueKeys: true });
const yamls = files.filter((name) => name.endsWith('.yaml'));

interface Service {
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
}
const compose = documentsOf('compose.yaml')[0]?.toJS() as {
  readonly services: Record<string, Service>;
  readonly volumes: Record<string, unknown>;
};

/** Every list of arguments for `touchstone` in a document. */
function commandsIn(node: unknown): string[][] {
  if (Array.isArray(node)) {
    const own = node[0] === 'verifier' ? [node.map(String)] : [];
    return [...own, ...node.flatMap(commandsIn)];
  }
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(commandsIn) : [];
}

const flagsOf = (name: string): string[] =>
  buildProgram()
    .commands.find((command) => command.name() === name)
    ?.options.flatMap(({ long }) => long ?? []) ?? [];

describe('what is in deploy/', () => {
  it.each(yamls)('parses: %s', (name) => {
    const documents = documentsOf(name);
    expect(documents.length).toBeGreaterThan(0);
    for (const document of documents) {
      expect(document.errors).toEqual([]);
      expect(document.warnings).toEqual([]);
      expect(document.toJS()).toBeTypeOf('object');
    }
  });

  it('starts verifiers with flags that there are', () => {
    const commands = yamls.flatMap((name) => documentsOf(name).flatMap((one) => commandsIn(one.toJS())));
    expect(commands.length).toBeGreaterThanOrEqual(3);
    for (const [command = '', ...args] of commands) {
      const flags = args.map((arg) => arg.split('=')[0]);
      expect(flagsOf(command)).toEqual(expect.arrayContaining(flags));
    }
  });

  it('mounts files and volumes that there are, or that its comments ask for', () => {
    const mounts = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes);
    for (const mount of mounts) {
      const [source = ''] = mount.split(':');
      if (!source.startsWith('.')) expect(Object.keys(compose.volumes), mount).toContain(source);
      else if (source !== './metrics-key') expect(existsSync(join(folder, source)), mount).toBe(true);
    }
  });

  it('leads to verifiers that there are, from the proxy and from Prometheus', () => {
    const names = [
      ...read('Caddyfile').matchAll(/([\w-]+):8440/g),
      ...read('prometheus.yaml').matchAll(/([\w-]+):8440/g),
    ];
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const [, name = ''] of names) expect(Object.keys(compose.services)).toContain(name);
  });

  it('gives each verifier a journal and an address of its own, and all of them the same secrets', () => {
    const verifiers = Object.entries(compose.services).filter(
      ([, { command }]) => command?.[0] === 'verifier',
    );
    expect(verifiers.length).toBeGreaterThanOrEqual(2);
    const journals = verifiers.map(([, { volumes }]) => volumes?.find((one) => one.endsWith(':/data')));
    expect(new Set(journals).size).toBe(verifiers.length);
    for (const [name, { command, volumes }] of verifiers) {
      expect(command).toContain(`--member-url=http://${name}:8440`);
      expect(volumes).toContain('shared:/shared');
    }
  });

  it('has a Caddyfile whose blocks close', () => {
    let depth = 0;
    for (const line of read('Caddyfile').split('\n')) {
      const text = line.replace(/#.*$/, '').trim();
      if (/(?:^|\s)\{$/.test(text)) depth += 1;
      if (text === '}') depth -= 1;
      expect(depth).toBeGreaterThanOrEqual(0);
    }
    expect(depth).toBe(0);
  });

  it('copies into the image what the repository has', () => {
    const copied = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list = '']) =>
      list.split(' '),
    );
    for (const name of copied) expect(existsSync(join(root, name)), name).toBe(true);
    expect(existsSync(join(dirname(folder), 'package-lock.json'))).toBe(true);
  });
});
