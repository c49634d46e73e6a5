import { codeTable, isCode } from '../../protocol/codes/table.js';
import type { PciIds } from '../../protocol/messages/hardware.js';
import type { Inspection } from './inspect-report.js';

type Host = Inspection['hosts'][number];
type Card = Inspection['cards'][number];
type Found = Inspection['findings'][number];

/** An inspection as people read it: each host with its cards, what is odd about them and what to do, and its hashed ids. */
export function inspectionLines(inspection: Inspection): string[] {
  const { cards, fingerprint, findings, hosts } = inspection;
  return [
    ...hosts.flatMap((host) => {
      const own = <T extends { readonly host: string }>(all: readonly T[]) =>
        all.filter((one) => one.host === host.host);
      return [
        ...hostLines(host),
        ...cardLines(own(cards)),
        ...findingLines(own(findings)),
        ...componentLines(own(fingerprint.components)),
        '',
      ];
    }),
    ...sharedLines(fingerprint.components),
    summary(inspection),
    keyLine(fingerprint.key),
  ].map(shown);
}

function hostLines({ host, files, unread, ...said }: Host): string[] {
  const { os, kernel, wsl, hypervisor, container, system, cpu, memoryMiB, disks } = said;
  const rows: [string, (string | null)[]][] = [
    ['read', [...files]],
    ['system', [system?.vendor ?? null, system?.product ?? null]],
    [
      'runs',
      [os, kernel, wsl ? 'WSL2' : null, hypervisor && `in ${hypervisor}`, container && `in ${container}`],
    ],
    ['cpu', [cpu?.model ?? null, counted(cpu?.cores, 'core'), counted(cpu?.threads, 'thread')]],
    ['memory', [mebibytes(memoryMiB)]],
    [
      'disks',
      disks.map(({ model, gigabytes }) =>
        [model ?? 'disk', gigabytes && `${gigabytes} GB`].filter(Boolean).join(' '),
      ),
    ],
    [
      'driver',
      [
        said.kernelDriver,
        said.nvml?.version ? `NVML ${said.nvml.version}` : null,
        said.cuda && `CUDA ${said.cuda}`,
      ],
    ],
    ['mounts', [...said.mountsOverDriver]],
    ['preloads', [...said.preloads]],
    ['slicing', [...said.slicing]],
    ['unread', [...unread]],
  ];
  const known = rows.flatMap(([name, words]) => {
    const text = words.filter(Boolean).join(', ');
    return text === '' ? [] : [`  ${name.padEnd(9)} ${text}`];
  });
  return [host === '.' ? 'Host' : `Host ${host}`, ...known];
}

function cardLines(cards: readonly Card[]): string[] {
  if (cards.length === 0) return ['', '  No cards.'];
  const rows = cards.map((card) => [
    String(card.card),
    card.name ?? 'unknown',
    mebibytes(card.memoryMiB) ?? '-',
    card.bus ?? '-',
    pciText(card.pci ?? card.busPci),
    card.driver ?? '-',
    [
      sliceText(card),
      virtualText(card),
      card.ecc === null ? null : `ECC ${card.ecc ? 'on' : 'off'}`,
      powerText(card),
      `from ${card.source}`,
    ]
      .filter(Boolean)
      .join(', '),
  ]);
  return ['', ...table(['card', 'name', 'memory', 'bus', 'PCI', 'driver', ''], rows)];
}

const severities = { refusal: 'REFUSAL', evidence: 'EVIDENCE', note: 'note' } as const;
const rank = { refusal: 0, evidence: 1, note: 2 } as const;

/** The worst first. */
function findingLines(findings: readonly Found[]): string[] {
  if (findings.length === 0) return ['', '  Nothing odd.'];
  const sorted = [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]);
  return [
    '',
    ...sorted.flatMap(({ code, severity, card, evidence, fix }) => {
      const where = card === null ? 'host' : `card ${card}`;
      const title = isCode(code) ? codeTable[code].title : code;
      const facts = Object.entries(evidence).map(([name, value]) => `${name} ${value ?? '-'}`);
      return [
        `  ${severities[severity].padEnd(9)} ${where}: ${title} (${code})`,
        ...(facts.length > 0 ? [`            ${facts.join(', ')}`] : []),
        ...(severity === 'note' && fix === 'Nothing to do.' ? [] : [`            what to do: ${fix}`]),
      ];
    }),
  ];
}

function componentLines(components: Inspection['fingerprint']['components']): string[] {
  if (components.length === 0) return [];
  return [
    '',
    ...table(
      ['', 'id', 'hash'],
      components.map(({ kind, card, hash }) => [card === null ? 'host' : `card ${card}`, kind, hash]),
    ),
  ];
}

/** Values that several hosts carry: one GPU in two reports, or copies of one image. */
function sharedLines(components: Inspection['fingerprint']['components']): string[] {
  const byValue = new Map<string, (typeof components)[number][]>();
  for (const one of components) {
    // By the hash alone: the id of a GPU that is split in one host and whole in another has two kinds.
    byValue.set(one.hash, [...(byValue.get(one.hash) ?? []), one]);
  }
  const shared = [...byValue].filter(([, all]) => new Set(all.map(({ host }) => host)).size > 1);
  if (shared.length === 0) return [];
  const place = ({ host, card }: (typeof components)[number]) =>
    card === null ? host : `${host} card ${card}`;
  return [
    'The same value in several hosts:',
    ...shared.map(([hash, all]) => `  ${all[0]?.kind} ${hash.slice(0, 12)}…  ${all.map(place).join(', ')}`),
    '',
  ];
}

function summary({ hosts, cards, findings }: Inspection): string {
  const of = (severity: Found['severity']) => findings.filter((one) => one.severity === severity).length;
  return `${counted(hosts.length, 'host')}, ${counted(cards.length, 'card')}; ${counted(of('refusal'), 'refusal')}, ${of('evidence')} evidence, ${counted(of('note'), 'note')}.`;
}

const keyLine = (key: string): string =>
  key === 'inspection'
    ? 'Hashes are made with a key that everybody knows: they tell equal from unequal, and are none that a network sees. --network URL makes those.'
    : `Hashes are made with the key of ${key}: its devices send the same.`;

/** Columns as wide as they need to be; the last one is not filled up. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, at) => Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0)));
  return [head, ...rows].map((row) =>
    `  ${row.map((text, at) => (at === row.length - 1 ? text : text.padEnd(widths[at] ?? 0))).join('  ')}`.trimEnd(),
  );
}

const counted = (count: number | null | undefined, what: string): string | null =>
  count === null || count === undefined ? null : `${count} ${what}${count === 1 ? '' : 's'}`;

const mebibytes = (count: number | null): string | null => (count === null ? null : `${count} MiB`);

const pciText = (ids: PciIds | null): string =>
  ids === null
    ? '-'
    : [`${ids.vendor}:${ids.device}`, ids.subVendor && ids.subDevice && `${ids.subVendor}:${ids.subDevice}`]
        .filter(Boolean)
        .join(' ');

const sliceText = ({ mig, migSlices }: Card): string | null =>
  mig === true ? `MIG with ${counted(migSlices.length, 'slice')}` : null;

const virtualText = ({ virtualization }: Card): string | null =>
  virtualization === null || virtualization === 'none' ? null : virtualization;

const powerText = ({ power }: Card): string | null => {
  const watts = power?.enforcedW ?? power?.defaultW ?? null;
  return watts === null ? null : `${watts} W`;
};

/** Text of a stranger's file: control characters would act on the terminal, and marks of direction on the reader. */
const shown = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
