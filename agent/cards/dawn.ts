import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { workerFile } from '../../challenges/engines/worker-file.js';
import { limits } from '../../protocol/limits.js';
import type { FoundCard } from './found-card.js';

/** What Dawn, Chrome's WebGPU, sees of a machine's GPUs. */
export interface DawnReport {
  /** One entry for each adapter and backend: a GPU may be there twice, as Vulkan and as Direct3D device. */
  readonly adapters: readonly { readonly backend: string; readonly name: string }[];
  /** The adapter a program gets that asks for none in particular; null without any. */
  readonly chosen: {
    readonly vendor: string;
    /** Its name in lower case, with `-` for everything else; on some backends a PCI id. */
    readonly device: string;
    /** Driver name and version, in the driver's own words. */
    readonly description: string;
    readonly isFallbackAdapter: boolean;
  } | null;
}

/** A card and whether it is the one that an engine on WebGPU would run on: such engines can't be told which. */
export type DawnCard = FoundCard & { readonly chosen: boolean };

/** The best backend of each system comes first; the others show the same GPUs again. */
const backends = ['d3d12', 'metal', 'vulkan'];

/** Drivers that compute on the CPU: Google's, Mesa's (old and new name), Microsoft's. */
const softwareNames = /swiftshader|llvmpipe|lavapipe|softpipe|microsoft basic render/i;

/**
 * All GPUs that Dawn can use, software devices among them as kind `software`. Asked in a process of its own: a
 * broken driver can crash or hang whoever opens it. None where that happens.
 *
 * @param env variables that choose a driver, such as `VK_ICD_FILENAMES`
 */
export async function findDawnCards(env: Readonly<Record<string, string>> = {}): Promise<DawnCard[]> {
  const { filename, execArgv } = workerFile(import.meta.url, 'dawn-probe');
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [...execArgv, filename], {
      env: { ...process.env, ...env },
      timeout: 30_000,
      windowsHide: true,
    });
    // Drivers print to stdout too; the report is the last line.
    return cardsOf(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as DawnReport);
  } catch {
    return [];
  }
}

/** The cards of a report: each GPU once, under its best backend. */
export function cardsOf(report: DawnReport): DawnCard[] {
  const backend = backends.find((name) => report.adapters.some((adapter) => adapter.backend === name));
  let chosenTaken = false;
  return report.adapters
    .filter((adapter) => adapter.backend === backend)
    .map(({ name }) => {
      const info = report.chosen;
      // Of two equal cards the first stands for the chosen one: which it is can't be seen and makes no difference.
      const chosen = !chosenTaken && info !== null && slug(name) === slug(info.device);
      chosenTaken ||= chosen;
      const software = softwareNames.test(name) || (chosen && info.isFallbackAdapter);
      return {
        kind: software ? 'software' : 'gpu',
        model: name.slice(0, limits.textLength),
        ...(chosen && info.vendor && { vendor: info.vendor.slice(0, limits.textLength) }),
        ...(chosen && info.description && { driver: info.description.slice(0, limits.textLength) }),
        memoryBytes: 0,
        chosen,
      } satisfies DawnCard;
    });
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
