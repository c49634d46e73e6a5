import type { Source } from '../source.js';
import { baseName, sectionsOf } from './headed.js';

/** Prints the traces that are there, and of variables that a value is set; the value of none but `container`. */
const script = [
  'for f in /.dockerenv /run/.containerenv; do [ -e "$f" ] && echo "==> $f <=="; done',
  'for f in /run/systemd/container /proc/1/cgroup /proc/self/cgroup; do [ -r "$f" ] && echo "==> $f <==" && cat "$f"; done',
  'echo "==> variables <=="',
  '[ -n "$KUBERNETES_SERVICE_HOST" ] && echo KUBERNETES_SERVICE_HOST=set',
  '[ -n "$container" ] && echo "container=$container"',
  'true',
].join('; ');

/** Traces of container runtimes. */
export const container: Source = {
  name: 'container',
  extension: 'txt',
  platforms: ['linux'],
  origins: [
    { command: ['sh', '-c', script] },
    { path: '/proc/self/cgroup' },
    { variables: ['KUBERNETES_SERVICE_HOST', 'container'] },
  ],
  isOf: (text) => cgroup.test(text) || variable.test(text) || traces.test(text),
  parse: (text) => {
    if (!container.isOf(text)) return null;
    const kind = kindOf(text);
    return { host: kind === null ? {} : { container: kind } };
  },
};

const cgroup = /^\d+:[^:\n]*:\//m;
const variable = /^(?:KUBERNETES_SERVICE_HOST|container)=/m;
const traces = /^==> (?:\/\.dockerenv|\/run\/\.containerenv|\/run\/systemd\/container|variables) <==/m;

/** Parts of the name of a control group: with the long id, for a service that runs containers is none itself. */
const groups: readonly (readonly [RegExp, string])[] = [
  [/kubepods/, 'kubernetes'],
  [/\/docker[/-][0-9a-f]{64}|\/ecs\/[\w-]+\/[0-9a-f]{32}/, 'docker'],
  [/libpod[_-](?:[0-9a-f]{64}|parent)/, 'podman'],
  [/\/lxc(?:\.payload)?[./]/, 'lxc'],
  [/cri-containerd[:-][0-9a-f]{64}|\/(?:default|k8s\.io|moby)\/[0-9a-f]{64}/, 'containerd'],
  [/\/machine\.slice\/systemd-nspawn/, 'systemd-nspawn'],
];

function kindOf(text: string): string | null {
  if (/^KUBERNETES_SERVICE_HOST=./m.test(text)) return 'kubernetes';
  const sections = sectionsOf(text);
  const group = groups.find(([part]) => cgroupLines(text).some((row) => part.test(row)))?.[1];
  if (group !== undefined) return group;
  const has = (path: string) => sections.some((section) => section.path === path);
  if (has('/run/.containerenv')) return 'podman';
  const named =
    sections.find(({ path }) => baseName(path) === 'container')?.text ?? /^container=(.*)$/m.exec(text)?.[1];
  return containerOf(named) ?? (has('/.dockerenv') ? 'docker' : null);
}

const cgroupLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((row) => /^\d+:[^:]*:\//.test(row))
    .slice(0, 256);

/** The word by which a runtime calls itself; null for none, and for WSL, which is a machine of its own. */
export function containerOf(word: string | undefined): string | null {
  const text = word?.trim().toLowerCase() ?? '';
  return /^[a-z][a-z0-9-]{1,31}$/.test(text) && text !== 'none' && text !== 'wsl' ? text : null;
}
