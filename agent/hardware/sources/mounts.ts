import { limits } from '../../../protocol/limits.js';
import type { Source } from '../source.js';
import { baseName } from './headed.js';
import { textOf } from './values.js';

/**
 * What is mounted over files that the driver or the kernel answers with. Container runtimes do so honestly: NVIDIA's binds its
 * tools and libraries one by one, and a tmpfs with some of the driver's own files over `/proc/driver/nvidia`.
 */
export const mounts: Source = {
  name: 'mounts',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ path: '/proc/self/mountinfo' }],
  isOf: (text) => line.test(text),
  parse: (text) => {
    const all = text.split('\n').flatMap((row) => mountOf(row) ?? []);
    if (all.length === 0) return null;
    const over = all.filter(({ point }) => isDrivers(point)).map(described);
    const container = containerOf(all);
    return {
      host: {
        mountsOverDriver: [...new Set(over)].filter((mount) => mount !== null).slice(0, mostMounts),
        // Tencent's GPU manager: this folder for parts of cards, another for whole ones.
        ...(all.some(
          ({ point, root }) => point === '/usr/local/nvidia' && /\/vdriver\/nvidia$/.test(root),
        ) && {
          slicing: ['vdriver/nvidia'],
        }),
        ...(container !== null && { container }),
        // Windows' own driver, under whatever kernel.
        ...(all.some(({ point }) => point === '/usr/lib/wsl/drivers') && { wsl: true }),
      },
    };
  },
};

interface Mount {
  readonly root: string;
  readonly point: string;
  readonly type: string;
  readonly source: string;
}

/** Limit of the messages. */
const mostMounts = 64;

/** Ids, device, root, mount point, options, optional fields, then after a dash type and source: proc(5). */
const line = /^\d+ \d+ \d+:\d+ (\/\S*|\S+:\[\d+\]) (\/\S*) \S+ (?:[a-z_]+(?::\d+)? )*- (\S+) (\S*)/m;

function mountOf(row: string): Mount | null {
  const [, root, point, type, source] = row.length > 16_384 ? [] : (line.exec(row) ?? []);
  if (root === undefined || point === undefined || type === undefined || source === undefined) return null;
  return { root: plain(root), point: plain(point), type, source: plain(source) };
}

/** Spaces and backslashes are written as three octal digits. */
const plain = (text: string): string =>
  text.replace(/\\([0-3][0-7]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

const below =
  /^\/(?:proc\/driver\/nvidia|proc\/(?:cpuinfo|meminfo)|sys\/(?:class|devices\/virtual)\/dmi|sys\/bus\/pci|sys\/devices\/pci[0-9a-f:]+)(?:\/|$)/;
const tools = /^nvidia-smi$|^lib(?:nvidia-ml|cuda)\.so(?:\.|$)/;

const isDrivers = (point: string): boolean =>
  point === '/proc/driver' || below.test(point) || tools.test(baseName(point));

/** Such as `/proc/driver/nvidia tmpfs tmpfs` and `/usr/bin/nvidia-smi ext4 /dev/sda1:/usr/bin/nvidia-smi`. */
function described({ root, point, type, source }: Mount): string | null {
  const [place, from, origin] = [nameless(point), nameless(serverless(source)), nameless(root)];
  const head = `${place} ${type} ${from}`;
  const whole = root === '/' ? head : `${head}:${origin}`;
  // Too long to send: where it begins and the name of the file say more than the folders between.
  const [, first = '', second = ''] = origin.split('/');
  return textOf(
    whole.length <= limits.textLength ? whole : `${head}:/${first}/${second}/…/${baseName(origin)}`,
  );
}

/** Without names of people and of machines (Debian names its volumes after them), and without the long ids of containers. */
const nameless = (path: string): string =>
  path
    .replace(/(^|\/)(home|Users)\/[^/]+/g, '$1$2/*')
    .replace(/^\/dev\/mapper\/.+/, '/dev/mapper/*')
    .replace(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{12,}/gi, '*');

/** What lies on another machine, such as `//server/share` and `user@server:/folder`, is not told. */
const serverless = (source: string): string => source.replace(/^\/\/.*|^[^/]*:\/.*/, '*');

/** The little files that runtimes bind into their containers lie in folders of their own. */
const binds: readonly (readonly [RegExp, string])[] = [
  [/\/kubelet\/pods\/|\/kubernetes\.io[~/]/, 'kubernetes'],
  [/\/docker\/containers\/[0-9a-f]{64}\//, 'docker'],
  [/\/overlay-containers\/[0-9a-f]{64}\//, 'podman'],
  [/\/io\.containerd\.[\w.-]+\/|\/containerd\//, 'containerd'],
];

function containerOf(all: readonly Mount[]): string | null {
  if (all.some(({ point }) => /\/secrets\/kubernetes\.io\//.test(`${point}/`))) return 'kubernetes';
  const roots = all
    .filter(({ point }) => /^\/etc\/(?:hosts|hostname|resolv\.conf)$/.test(point))
    .map(({ root }) => root);
  return binds.find(([folder]) => roots.some((root) => folder.test(root)))?.[1] ?? null;
}
