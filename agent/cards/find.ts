import { findCpu } from './cpu.js';
import { type DawnCard, findDawnCards } from './dawn.js';
import type { FoundCard } from './found-card.js';
import { findNvidiaGpus } from './nvidia-smi.js';
import { findSoftwareDevice } from './software-vulkan.js';

/** A card with the engines that could run on it. */
export interface Candidate {
  readonly card: FoundCard;
  /** Names of engines to try, best first. */
  readonly engines: readonly string[];
  /** Variables that make an engine's process run on this card and no other. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * The cards of this machine: real GPUs, then the CPU, then a software Vulkan device if it is allowed.
 * A source that fails finds nothing; the CPU is always there.
 */
export async function findCandidates(options: { readonly allowSoftware: boolean }): Promise<Candidate[]> {
  const [nvidia, dawn] = await Promise.all([findNvidiaGpus(), findDawnCards()]);
  const candidates = [...mergeGpus(nvidia, dawn), { card: findCpu(), engines: ['onnx-cpu'], env: {} }];
  const software = options.allowSoftware ? await findSoftwareDevice(dawn) : null;
  if (software) {
    const { card, env } = software;
    candidates.push({ card: claimable(card), engines: ['onnx-webgpu'], env });
  }
  return candidates;
}

/**
 * Every real GPU once, with the engines that can be sure to run on it. CUDA takes a card by its id. The other engines
 * take the one that the system gives them: nothing but that one is claimed to run on them.
 *
 * @param nvidia what `nvidia-smi` reports; where it reports any, it knows all of NVIDIA's
 * @param dawn what Dawn sees, software devices too
 */
export function mergeGpus(nvidia: readonly FoundCard[], dawn: readonly DawnCard[]): Candidate[] {
  const gpus = dawn.filter((card) => card.kind === 'gpu');
  const others = nvidia.length > 0 ? gpus.filter((card) => !isNvidia(card.model)) : gpus;
  const alone = nvidia.length + others.length === 1;
  const chosen = gpus.find((card) => card.chosen);
  // Of equal cards the first takes the place of the chosen one: a report of Dawn has no id to tell them apart.
  const chosenNvidia = chosen && nvidia.find((card) => plainName(card.model) === plainName(chosen.model));
  return [
    ...nvidia.map((card) => ({
      card,
      engines: ['onnx-cuda', ...shared(alone, card === chosenNvidia)],
      env: card.hardwareId ? { CUDA_VISIBLE_DEVICES: card.hardwareId } : {},
    })),
    ...others.map((card) => ({ card: claimable(card), engines: shared(alone, card.chosen), env: {} })),
  ];
}

function shared(alone: boolean, chosen: boolean): string[] {
  return [...(alone ? ['onnx-dml', 'onnx-coreml'] : []), ...(chosen ? ['onnx-webgpu'] : [])];
}

function claimable({ chosen: _, ...card }: DawnCard): FoundCard {
  return card;
}

const isNvidia = (model: string): boolean => /nvidia|geforce|quadro|tesla/i.test(model);

/** Older drivers leave the maker out in one place and not in the other. */
const plainName = (model: string): string => model.toLowerCase().replace(/^nvidia /, '');
