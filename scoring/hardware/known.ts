import type { CardName } from '../catalogue/card-name.js';

/** What the catalogue and `boards.json` say of one model. */
export interface KnownModel {
  readonly model: string;
  readonly vendor: string;
  /** As drivers and the catalogue write it. */
  readonly names: readonly CardName[];
  /** PCI device ids, lower case. */
  readonly devices: readonly string[];
  /** Of the subsystem, where boards of several models share a device id. */
  readonly subDevice: string | null;
  readonly die: string | null;
  /** Multiprocessors of its boards; none where it is not known. */
  readonly sms: readonly number[];
  /** Memory of its boards, MiB, modded ones too; none for unified memory. */
  readonly sizesMiB: readonly number[];
  /** What its driver reports, MiB, where that is not near the size. */
  readonly totalMiB: number | null;
  /** A card may show itself in so many equal parts. */
  readonly partitions: readonly number[];
  /** Default power limits of the maker's boards, watts. */
  readonly wattsW: readonly number[];
  readonly gpusPerBoard: number;
}

/** A name that a driver prints for a PCI id. */
export interface KnownName {
  readonly vendor: string;
  readonly device: string;
  /** Where it takes the subsystem to tell. */
  readonly subDevice: string | null;
  readonly name: CardName;
}

export interface KnownChip {
  readonly die: string;
  readonly architecture: string;
  /** Ranges of NVIDIA's PCI device ids, both ends within. */
  readonly ids: readonly (readonly [from: number, to: number])[];
  /** First two parts of VBIOS versions, such as `95.02`. */
  readonly vbios: readonly string[];
}

export interface KnownArchitecture {
  readonly name: string;
  /** First branch of the driver that knows it. */
  readonly first: number;
  /** Last that does; absent where the newest do. */
  readonly last?: number;
  /** First parts of VBIOS versions, such as `95`. */
  readonly vbios: readonly string[];
}

/** A mock of the driver: a card that has all of these values is its. */
export interface KnownMock {
  readonly name: string;
  readonly fields: {
    readonly driver?: string;
    readonly vbios?: string;
    readonly subDevice?: string;
    readonly bus?: string;
    readonly memoryMiB?: number;
    readonly defaultW?: number;
    readonly maxW?: number;
  };
}

export interface KnownMemory {
  /** What inline error correction takes of the memory. */
  readonly eccShare: number;
  /** Dies whose memory corrects errors by itself. */
  readonly hbm: readonly string[];
  /** Most that drivers keep: MiB and a share of the board, together. */
  readonly keptMiB: number;
  readonly keptShare: number;
  /** Most that Windows keeps beside that, a share of the board. */
  readonly windowsShare: number;
  /** No driver reports more than this share over the board's memory. */
  readonly overShare: number;
}

/** What is known of hardware, by which a report is read. `read-known.ts` loads it; a test can make its own. */
export interface KnownHardware {
  readonly models: readonly KnownModel[];
  readonly names: readonly KnownName[];
  readonly chips: readonly KnownChip[];
  readonly architectures: readonly KnownArchitecture[];
  /** Newest branch of the driver that anybody has seen here. */
  readonly newestBranch: number;
  readonly memory: KnownMemory;
  /** Default power limits of partners' boards, as shares of the maker's. */
  readonly power: { readonly least: number; readonly most: number };
  /** Boards with several GPUs that the catalogue doesn't list, and the most GPUs of any board. */
  readonly boardsOfSeveral: { readonly names: readonly CardName[]; readonly most: number };
  readonly mocks: readonly KnownMock[];
  readonly software: {
    /** Preloaded libraries that give shares of a GPU: `hooks` where a variable limits, `sharers` always. */
    readonly slicers: { readonly hooks: readonly string[]; readonly sharers: readonly string[] };
    /** Beginnings of names of preloaded libraries that are usual. */
    readonly harmless: readonly string[];
    /** Words in names of libraries that can answer for the driver. */
    readonly driverLike: readonly string[];
    /** File systems that container runtimes put on the driver's folder in /proc. */
    readonly onProc: readonly string[];
  };
}
