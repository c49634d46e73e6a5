import { type Static, Type } from 'typebox';
import { Hex32 } from '../ids.js';
import { limits } from '../limits.js';
import { FreeText } from '../text.js';
import { CardIndex } from './cards.js';

// What a host says about itself. It may convict it, never acquit it. Values that tell one machine from another leave the host
// only as keyed hashes (`protocol/fingerprint.ts`); everything else is shared by all machines of its kind.

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Text = FreeText(limits.textLength);
const Count = Type.Integer({ minimum: 0, maximum: 1e9 });
const Watts = Type.Number({ minimum: 0, maximum: 1e5 });
const Hex4 = Type.String({ pattern: '^[0-9a-f]{4}$' });

/** What can tell one machine, or one GPU, from another. `card` kinds belong to one card, the others to the host. */
export const ComponentKind = Type.Union([
  // Of a card. A UUID, a PDI and a serial are the GPU's own; a board serial may be shared by the GPUs of one board.
  Type.Literal('gpu-uuid'),
  Type.Literal('gpu-pdi'),
  Type.Literal('gpu-serial'),
  // Any of these of a GPU that is split (MIG): its slices may be in several hands, and it is nobody's alone.
  Type.Literal('gpu-parent'),
  // Of the host.
  Type.Literal('machine-id'),
  Type.Literal('host-key'),
  Type.Literal('system-uuid'),
  Type.Literal('system-serial'),
  Type.Literal('board-serial'),
  Type.Literal('disk'),
  Type.Literal('mac'),
]);
export type ComponentKind = Static<typeof ComponentKind>;

/** One identifying value, hashed. @see componentHash */
export const Component = Type.Object(
  {
    kind: ComponentKind,
    /** Place in the report's `cards`; null for those of the host. */
    card: Nullable(CardIndex),
    hash: Hex32,
  },
  { additionalProperties: false },
);
export type Component = Static<typeof Component>;

/** Ids of a PCI function, lower-case hexadecimal. */
export const PciIds = Type.Object(
  {
    vendor: Hex4,
    device: Hex4,
    subVendor: Nullable(Hex4),
    subDevice: Nullable(Hex4),
  },
  { additionalProperties: false },
);
export type PciIds = Static<typeof PciIds>;

/** One slice of a GPU that is split in hardware (MIG). */
export const MigSlice = Type.Object(
  {
    /** Such as `1g.10gb`; null where the source doesn't say. */
    profile: Nullable(Text),
    memoryMiB: Nullable(Count),
    sms: Nullable(Count),
  },
  { additionalProperties: false },
);
export type MigSlice = Static<typeof MigSlice>;

/** Sources of cards, best first: where several know a card, it is described by the first, and `seenBy` names the others. */
export const CardSource = Type.Union([
  Type.Literal('nvidia-smi'),
  Type.Literal('rocm-smi'),
  Type.Literal('system-profiler'),
  Type.Literal('proc-nvidia'),
  Type.Literal('lspci'),
]);
export type CardSource = Static<typeof CardSource>;

/** One GPU as the host reports it. Null is "not known": an absent, blanked or `N/A` value, never a zero. */
export const ReportedCard = Type.Object(
  {
    source: CardSource,
    /** Place in the enrolment's `cards` of the claim that stands for it; null where none does. */
    claim: Nullable(CardIndex),
    /** As its source prints it, such as `NVIDIA GeForce RTX 4090`. */
    name: Nullable(Text),
    /** Such as `Ada Lovelace`. */
    architecture: Nullable(Text),
    /** `0000:65:00.0`, lower case. */
    bus: Nullable(Text),
    /** As its driver says. */
    pci: Nullable(PciIds),
    /** As the bus itself says (lspci, sysfs): another source for the same card. */
    busPci: Nullable(PciIds),
    /** As `/proc/driver/nvidia` names it: another source for the same card. */
    procName: Nullable(Text),
    memoryMiB: Nullable(Count),
    ecc: Nullable(Type.Boolean()),
    mig: Nullable(Type.Boolean()),
    migSlices: Type.Array(MigSlice, { maxItems: 8 }),
    virtualization: Nullable(
      Type.Union([
        Type.Literal('none'),
        Type.Literal('passthrough'),
        /** A guest that has a share of a GPU. */
        Type.Literal('vgpu'),
        /** A host that gives shares to guests. */
        Type.Literal('host-vgpu'),
        Type.Literal('other'),
      ]),
    ),
    /** Such as `95.02.3C.40.B1`. */
    vbios: Nullable(Text),
    /** NVIDIA's GPU part number: begins with the PCI device id, such as `2684-300-A1`. */
    partNumber: Nullable(Text),
    driver: Nullable(Text),
    power: Nullable(
      Type.Object(
        {
          defaultW: Nullable(Watts),
          minW: Nullable(Watts),
          maxW: Nullable(Watts),
          enforcedW: Nullable(Watts),
        },
        { additionalProperties: false },
      ),
    ),
    /** Multiprocessors, or compute units. */
    sms: Nullable(Count),
    maxGraphicsMHz: Nullable(Count),
    maxMemoryMHz: Nullable(Count),
    /** The form of the id, which itself is only sent as a hash. `malformed` is none that a driver makes. */
    uuidForm: Nullable(
      Type.Union([Type.Literal('gpu'), Type.Literal('mig'), Type.Literal('malformed'), Type.Literal('zero')]),
    ),
    /** Data-centre cards have serials; `zero` are all zeros: blanked by someone, or made up. */
    serialForm: Nullable(
      Type.Union([Type.Literal('plain'), Type.Literal('zero'), Type.Literal('malformed')]),
    ),
    /** GPUs of one board, where it has several. */
    multiGpuBoard: Nullable(Type.Boolean()),
  },
  { additionalProperties: false },
);
export type ReportedCard = Static<typeof ReportedCard>;

/** The machine around the cards. */
export const ReportedHost = Type.Object(
  {
    os: Nullable(
      Type.Union([
        Type.Literal('linux'),
        Type.Literal('darwin'),
        Type.Literal('windows'),
        Type.Literal('other'),
      ]),
    ),
    kernel: Nullable(Text),
    wsl: Type.Boolean(),
    /** Such as `kvm`, `vmware`, `hyper-v`, `xen`, `parallels`; null where nothing shows one. */
    hypervisor: Nullable(Text),
    /** Such as `docker`, `kubernetes`, `podman`, `lxc`. */
    container: Nullable(Text),
    system: Nullable(
      Type.Object({ vendor: Nullable(Text), product: Nullable(Text) }, { additionalProperties: false }),
    ),
    cpu: Nullable(
      Type.Object(
        { model: Nullable(Text), sockets: Nullable(Count), cores: Nullable(Count), threads: Nullable(Count) },
        { additionalProperties: false },
      ),
    ),
    memoryMiB: Nullable(Count),
    disks: Type.Array(
      Type.Object({ model: Nullable(Text), gigabytes: Nullable(Count) }, { additionalProperties: false }),
      { maxItems: 64 },
    ),
    /** Version of the NVIDIA kernel module, from `/proc/driver/nvidia/version`. */
    kernelDriver: Nullable(Text),
    /** Version in the file name of the NVML library that programs load, and the SHA-256 of its bytes. */
    nvml: Nullable(
      Type.Object({ version: Nullable(Text), sha256: Nullable(Hex32) }, { additionalProperties: false }),
    ),
    /** CUDA version of the driver. */
    cuda: Nullable(Text),
    /** Mount points at or below what a driver owns: `/proc/driver/nvidia`, its tools and libraries. */
    mountsOverDriver: Type.Array(Text, { maxItems: 64 }),
    /** File names of libraries that are loaded into every program (`LD_PRELOAD`, `/etc/ld.so.preload`). */
    preloads: Type.Array(Text, { maxItems: 64 }),
    /** Variables and files by which software slices a GPU: names; of limits on memory with the size, `CUDA_DEVICE_MEMORY_LIMIT_0=8192m`. */
    slicing: Type.Array(Text, { maxItems: 64 }),
  },
  { additionalProperties: false },
);
export type ReportedHost = Static<typeof ReportedHost>;

/** What leaves the host: `hardware` of an enrolment. */
export const HardwareReport = Type.Object(
  {
    version: Type.Literal(1),
    host: ReportedHost,
    cards: Type.Array(ReportedCard, { maxItems: limits.cards }),
    components: Type.Array(Component, { maxItems: limits.components }),
    /** Sources that are there and could not be read, such as `dmi: permission denied`. */
    unread: Type.Array(Text, { maxItems: 64 }),
  },
  { additionalProperties: false },
);
export type HardwareReport = Static<typeof HardwareReport>;

/**
 * `note`: honest, shown so that nobody wonders. `evidence`: two things that a true host would not say together; never rejects,
 * sets what is examined. `refusal`: a card says of itself that it is a slice and is claimed as a whole one.
 */
export const FindingSeverity = Type.Union([
  Type.Literal('note'),
  Type.Literal('evidence'),
  Type.Literal('refusal'),
]);
export type FindingSeverity = Static<typeof FindingSeverity>;

/** One thing that is odd, or worth saying, about a report. */
export const Finding = Type.Object({
  code: Type.String({ description: 'A reason code, `hardware.…`' }),
  severity: FindingSeverity,
  /** Place in the report's `cards`; null for the host. */
  card: Nullable(CardIndex),
  /** What was read, and what it was held against: short, and free of identifying values. */
  evidence: Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Null()])),
  fix: Type.String({ description: 'What to do' }),
});
export type Finding = Static<typeof Finding>;
