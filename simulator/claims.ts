import { toHex } from '../protocol/bytes.js';
import type { RandomBytes } from '../protocol/clock.js';
import type { CardClaim } from '../protocol/messages/cards.js';

/** What a model is called by its driver, and the memory that it reports. */
export interface ClaimedModel {
  readonly model: string;
  readonly memoryBytes: number;
}

/** The engines that simulated GPUs claim to have. */
export const simulatedEngine = 'onnx-cuda';
export const simulatedTableEngine = 'webgpu';

const mebibyte = 2 ** 20;

/** Models that a simulated supplier can claim, with the memory that the driver of a real one shows. */
export const claimedModels = {
  'RTX 4090': { model: 'NVIDIA GeForce RTX 4090', memoryBytes: 24_564 * mebibyte },
  'RTX 3090': { model: 'NVIDIA GeForce RTX 3090', memoryBytes: 24_576 * mebibyte },
  'RTX A5000': { model: 'NVIDIA RTX A5000', memoryBytes: 24_564 * mebibyte },
  'H100 SXM5 80GB': { model: 'NVIDIA H100 80GB HBM3', memoryBytes: 81_559 * mebibyte },
  'A100 SXM4 80GB': { model: 'NVIDIA A100-SXM4-80GB', memoryBytes: 81_920 * mebibyte },
  A40: { model: 'NVIDIA A40', memoryBytes: 46_068 * mebibyte },
} as const satisfies Record<string, ClaimedModel>;

export type ClaimedName = keyof typeof claimedModels;

/** The claim of a GPU as an agent on a real one would make it: nothing in it says that the card is simulated. */
export function claimGpu({ model, memoryBytes }: ClaimedModel, random: RandomBytes): CardClaim {
  return {
    kind: 'gpu',
    model,
    vendor: 'NVIDIA',
    memoryBytes,
    hardwareId: `GPU-${uuid(random(16))}`,
    driver: '570.124.06',
    engine: simulatedEngine,
    memoryEngine: simulatedTableEngine,
  };
}

function uuid(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
