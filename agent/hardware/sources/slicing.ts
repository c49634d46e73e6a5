import type { Source } from '../source.js';

type Values = ReadonlyMap<string, string>;

/** One variable by which software gives a program a part of a card. */
interface Limit {
  readonly name: string;
  /** Whether this value may give less than the whole card. */
  readonly limits: (value: string, all: Values) => boolean;
  /** Its value is told too: of a limit on memory only that says whether it is less than the card has. */
  readonly sized?: true;
}

const eachCard = (name: string): string[] => [
  name,
  ...Array.from({ length: 16 }, (_, card) => `${name}_${card}`),
];

/** Zero is none, as a hundred per cent is. HAMi takes all its limits away for who sets another variable. */
const hami = (limits: (value: string) => boolean) => (value: string, all: Values) =>
  limits(value) && !/^(?:true|1|t)$/i.test(all.get('CUDA_DISABLE_CONTROL') ?? '');
const bytes = (value: string): boolean => Number.parseFloat(value) !== 0;
const percent = (value: string): boolean => Number.parseFloat(value) > 0 && Number.parseFloat(value) < 100;
const fraction = (value: string): boolean => Number(value) > 0 && !Number.isInteger(Number(value));
const lessThan =
  (whole: string) =>
  (value: string, all: Values): boolean =>
    !(Number(value) >= Number(all.get(whole) ?? Number.NaN));

const everyLimit: readonly Limit[] = [
  // HAMi, and Volcano's and KAI's use of it.
  ...eachCard('CUDA_DEVICE_MEMORY_LIMIT').map((name) => ({
    name,
    limits: hami(bytes),
    sized: true as const,
  })),
  ...eachCard('CUDA_DEVICE_SM_LIMIT').map((name) => ({ name, limits: hami(percent) })),
  // vgpu-manager.
  ...eachCard('CUDA_MEM_LIMIT').map((name) => ({ name, limits: bytes, sized: true as const })),
  ...eachCard('CUDA_CORE_LIMIT').map((name) => ({ name, limits: percent })),
  // NVIDIA's own MPS.
  { name: 'CUDA_MPS_ACTIVE_THREAD_PERCENTAGE', limits: percent },
  { name: 'CUDA_MPS_PINNED_DEVICE_MEM_LIMIT', limits: () => true, sized: true },
  // Alibaba's gpushare and cGPU: of so much memory so much.
  { name: 'ALIYUN_COM_GPU_MEM_CONTAINER', limits: lessThan('ALIYUN_COM_GPU_MEM_DEV') },
  // Volcano's older sharing, which sets the total only where it shares.
  {
    name: 'VOLCANO_GPU_ALLOCATED',
    limits: (value, all) =>
      all.has('VOLCANO_GPU_MEMORY_TOTAL') && lessThan('VOLCANO_GPU_MEMORY_TOTAL')(value, all),
  },
  // Run:ai and its KAI scheduler; whole numbers are whole cards.
  { name: 'GPU_PORTION', limits: fraction },
  { name: 'RUNAI_NUM_OF_GPUS', limits: fraction },
];

/** Not limits by themselves: what the limits are held against. */
const besides = ['CUDA_DISABLE_CONTROL', 'ALIYUN_COM_GPU_MEM_DEV', 'VOLCANO_GPU_MEMORY_TOTAL'];

/**
 * Variables by which software gives out parts of cards. Only what may limit is named: a policy, a right to manage MIG, or a limit of a
 * hundred per cent takes nothing away. A limit on memory is told with its size: schedulers set one to whole cards too.
 */
export const slicing: Source = {
  name: 'slicing',
  extension: 'txt',
  platforms: ['linux'],
  origins: [{ variables: [...everyLimit.map(({ name }) => name), ...besides] }],
  isOf: (text) => valuesOf(text).size > 0,
  parse: (text) => {
    const values = valuesOf(text);
    if (values.size === 0) return null;
    const found = everyLimit.filter(({ name, limits }) => {
      const value = values.get(name)?.trim();
      return value ? limits(value, values) : false;
    });
    const said = found.map(({ name, sized }) => {
      const size = values.get(name)?.trim() ?? '';
      return sized && sizes.test(size) ? `${name}=${size}` : name;
    });
    return { host: { slicing: said.slice(0, 64) } };
  },
};

/** Such as `8192m`, `24g` and, of MPS, `0=8G,1=8G`. */
const sizes = /^(?:\d{1,3}=)?\d{1,15}[kmg]?b?(?:,(?:\d{1,3}=)?\d{1,15}[kmg]?b?){0,7}$/i;

const known = new Set([...everyLimit.map(({ name }) => name), ...besides]);

function valuesOf(text: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const at = line.indexOf('=');
    if (at > 0 && known.has(line.slice(0, at))) values.set(line.slice(0, at), line.slice(at + 1));
  }
  return values;
}
