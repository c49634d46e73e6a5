import { readFileSync } from 'node:fs';
import { readName } from '../catalogue/card-name.js';
import type {
  KnownArchitecture,
  KnownHardware,
  KnownMemory,
  KnownMock,
  KnownModel,
  KnownName,
} from './known.js';

/** One entry of the catalogue's `models.json` or `classes.json`. */
interface CatalogueModel {
  readonly vendor: string;
  readonly model: string;
  readonly pciVendor?: string;
  readonly pciDevices?: readonly string[];
  readonly pciSubsystem?: string;
  readonly die?: string;
  readonly sms?: number;
  readonly memoryGB?: number;
  readonly nvmlTotalMiB?: number | null;
}

/** One entry of `boards.json`. */
interface Board {
  readonly model: string;
  readonly alsoGB?: readonly number[];
  readonly moddedGB?: readonly number[];
  readonly sms?: number;
  readonly alsoSms?: readonly number[];
  readonly alsoDevices?: readonly string[];
  readonly wattsW?: readonly number[];
  readonly gpusPerBoard?: number;
  readonly partitions?: readonly number[];
}

/** All that is published here of hardware: the catalogue, and the data beside this file. Read once is enough: it never changes. */
export function loadKnownHardware(): KnownHardware {
  const { models } = read<{ models: CatalogueModel[] }>('../catalogue/models.json');
  const classes = read<{
    models: CatalogueModel[];
    names: { model: string; also: string[] }[];
  }>('../catalogue/classes.json');
  const boards = read<{
    boards: Board[];
    boardsOfSeveral: { names: string[]; most: number };
    powerTolerance: { least: number; most: number };
  }>('boards.json');
  const chips = read<{
    architectures: KnownArchitecture[];
    newestDriver: { branch: number };
    chips: { die: string; architecture: string; ids: [string, string][]; vbios: string[] }[];
  }>('chips.json');
  const software = read<{
    mocks: KnownMock[];
    slicers: { hooks: string[]; sharers: string[] };
    harmlessPreloads: { beginnings: string[] };
    driverLikePreloads: { words: string[] };
    honestMounts: { onProc: string[] };
  }>('software.json');
  const catalogue = [...models, ...classes.models];
  return {
    models: catalogue.map((one) =>
      modelOf(
        one,
        boards.boards.find(({ model }) => model === one.model),
        classes.names.find(({ model }) => model === one.model)?.also ?? [],
      ),
    ),
    names: [...catalogue.flatMap(namesOfModel), ...listedNames()],
    chips: chips.chips.map((chip) => ({
      ...chip,
      ids: chip.ids.map(([from, to]) => [Number.parseInt(from, 16), Number.parseInt(to, 16)] as const),
    })),
    architectures: chips.architectures,
    newestBranch: chips.newestDriver.branch,
    memory: read<KnownMemory>('memory.json'),
    power: boards.powerTolerance,
    boardsOfSeveral: {
      names: boards.boardsOfSeveral.names.map(readName),
      most: boards.boardsOfSeveral.most,
    },
    mocks: software.mocks,
    software: {
      slicers: software.slicers,
      harmless: software.harmlessPreloads.beginnings,
      driverLike: software.driverLikePreloads.words,
      onProc: software.honestMounts.onProc,
    },
  };
}

function modelOf(one: CatalogueModel, board: Board | undefined, also: readonly string[]): KnownModel {
  const sizes = one.memoryGB === undefined ? [] : [one.memoryGB];
  const sms = one.sms ?? board?.sms;
  return {
    model: one.model,
    vendor: one.vendor,
    names: [one.model, ...also].map(readName),
    devices: [...(one.pciDevices ?? []), ...(board?.alsoDevices ?? [])].map((id) => id.toLowerCase()),
    subDevice: one.pciSubsystem?.toLowerCase() ?? null,
    die: one.die ?? null,
    sms: [...(sms === undefined ? [] : [sms]), ...(board?.alsoSms ?? [])],
    sizesMiB: [...sizes, ...(board?.alsoGB ?? []), ...(board?.moddedGB ?? [])].map((size) => size * 1024),
    totalMiB: one.nvmlTotalMiB ?? null,
    partitions: board?.partitions ?? [],
    wattsW: board?.wattsW ?? [],
    gpusPerBoard: board?.gpusPerBoard ?? 1,
  };
}

/** By the catalogue's own name only: its other names may be of boards with ids of their own. */
function namesOfModel({ model, pciVendor, pciDevices, pciSubsystem }: CatalogueModel): KnownName[] {
  return (pciDevices ?? []).map((device) => ({
    vendor: (pciVendor ?? '').toLowerCase(),
    device: device.toLowerCase(),
    subDevice: pciSubsystem?.toLowerCase() ?? null,
    name: readName(model),
  }));
}

function listedNames(): KnownName[] {
  const { lists } = read<{ lists: { vendor: string; names: Record<string, string[]> }[] }>('pci-names.json');
  return lists.flatMap(({ vendor, names }) =>
    Object.entries(names).flatMap(([name, ids]) =>
      ids.map((id) => {
        const [device = '', subDevice = null] = id.split(':');
        return { vendor, device, subDevice, name: readName(name) };
      }),
    ),
  );
}

/** Files of the house, written with their types in mind: `known.test.ts` checks what types can't. */
function read<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T;
}
