import { webgpuAdapterVariable } from '../../challenges/engines/catalogue.js';
import { findCpu } from './cpu.js';
import { type DawnCard, findDawnCards } from './dawn.js';
import type { FoundCard } from './found-card.js';
import type { NvidiaGpu } from './nvidia-gpu.js';
import { findNvidiaGpus } from './nvidia-smi.js';
import { findPins, type Pins } from './pin.js';
import { findSoftwareDevice } from './software-vulkan.js';

/** A card with the engines that could run on it. */
export interface Candidate {
  readonly card: FoundCard;
  /** Where it is plugged in; a slice is where its GPU is. Absent where that is not known. */
  readonly bus?: string | undefined;
  /** Names of compute engines to try. */
  readonly engines: readonly string[];
  /** Names of table engines to try. */
  readonly tableEngines: readonly string[];
  /** Variables that make an engine's process run on this card and no other. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The cards of this machine: real GPUs, then the CPU, then a software Vulkan device if it is allowed.
 * A source that fails finds nothing; the CPU is always there.
 */
export async function findCandidates(options: { readonly allowSoftware: boolean }): Promise<Candidate[]> {
  const [nvidia, dawn] = await Promise.all([findNvidiaGpus(), findDawnCards()]);
  const pins = await findPins(nvidia, dawn);
  const candidates = [
    ...mergeGpus(nvidia, dawn, pins),
    // TensorFlow's JavaScript is no candidate: it is hundreds of times slower than any of them.
    { card: findCpu(), engines: ['onnx-cpu'], tableEngines: ['cpu'], env: {} },
  ];
  const software = options.allowSoftware ? await findSoftwareDevice(dawn) : null;
  if (software) {
    const { card, env } = software;
    candidates.push({ card: claimable(card), ...onlyCard, env });
  }
  return candidates;
}

/**
 * Every real GPU once, with the engines that can be sure to run on it. CUDA takes a card by its id. WebGPU takes one by
 * its place on the bus where the system can do that, else by its name where no other has the same; the other engines
 * take the one that the system gives them: nothing but that one is claimed to run on them.
 *
 * @param nvidia what `nvidia-smi` reports; where it reports any, it knows all of NVIDIA's
 * @param dawn what Dawn sees, software devices too
 * @param pins variables by which a process sees one card of NVIDIA's alone
 */
export function mergeGpus(
  nvidia: readonly NvidiaGpu[],
  dawn: readonly DawnCard[],
  pins: Pins = new Map(),
): Candidate[] {
  const gpus = dawn.filter((card) => card.kind === 'gpu');
  const others = nvidia.length > 0 ? gpus.filter((card) => !isNvidia(card.model)) : gpus;
  const alone = nvidia.length + others.length === 1;
  const system = alone ? ['onnx-dml', 'onnx-coreml'] : [];
  return [
    ...nvidia.map((card) => {
      const pin = pins.get(card);
      // Of equal cards the first stands for the one that WebGPU takes: which it is can't be seen and makes no difference.
      const first = card === nvidia.find(({ model }) => plainName(model) === plainName(card.model));
      const seen = first && gpus.find(({ model }) => plainName(model) === plainName(card.model));
      const { engines, tableEngines, env } = pin
        ? { ...onlyCard, env: pin }
        : seen
          ? reach(seen, dawn)
          : noReach;
      const cuda = card.hardwareId ? { CUDA_VISIBLE_DEVICES: card.hardwareId } : {};
      const own = { card: claimable(card), bus: card.pciBusId };
      // Only CUDA takes a slice; all else would run on another card.
      if (card.slice) return { ...own, engines: ['onnx-cuda', 'tfjs-gpu'], tableEngines: [], env: cuda };
      return {
        ...own,
        engines: ['onnx-cuda', 'tfjs-gpu', ...system, ...engines],
        tableEngines,
        env: { ...cuda, ...env },
      };
    }),
    ...others.map((card) => {
      const { engines, tableEngines, env } = reach(card, dawn);
      return { card: claimable(card), engines: [...system, ...engines], tableEngines, env };
    }),
  ];
}

type Reach = Omit<Candidate, 'card'>;

/** What a card can run that WebGPU takes by itself, or that is the only one to be seen. */
const onlyCard = { engines: ['webgpu', 'onnx-webgpu'], tableEngines: ['webgpu'] } as const;

const noReach: Reach = { engines: [], tableEngines: [], env: {} };

/** How WebGPU gets at a card of Dawn's. By name our own engine alone can be told, and no name may be part of another's. */
function reach(card: DawnCard, dawn: readonly DawnCard[]): Reach {
  if (card.chosen) return { ...onlyCard, env: {} };
  if (dawn.filter(({ model }) => model.includes(card.model)).length !== 1) return noReach;
  return { engines: ['webgpu'], tableEngines: ['webgpu'], env: { [webgpuAdapterVariable]: card.model } };
}

function claimable(card: DawnCard | NvidiaGpu): FoundCard {
  const {
    chosen: _,
    pciBusId: __,
    slice: ___,
    ...claim
  } = {
    chosen: false,
    pciBusId: '',
    slice: false,
    ...card,
  };
  return claim;
}

const isNvidia = (model: string): boolean => /nvidia|geforce|quadro|tesla/i.test(model);

/** Older drivers leave the maker out in one place and not in the other. */
const plainName = (model: string): string => model.toLowerCase().replace(/^nvidia /, '');
