import type { ComponentKind, ReportedCard, ReportedHost } from '../../protocol/messages/hardware.js';

/** An identifying value as it was read. Never leaves the host: `report.ts` hashes it. */
export interface RawId {
  readonly kind: ComponentKind;
  readonly value: string;
}

/** One card as one source knows it: absent is not known. `report.ts` merges what several sources say of one card. */
export interface RawCard extends Partial<Omit<ReportedCard, 'source' | 'claim'>> {
  readonly ids: readonly RawId[];
}

/** What one source says. */
export interface SourceFacts {
  readonly cards?: readonly RawCard[];
  /** Of what only this source knows; of lists the union is taken, of all else the first that is known. */
  readonly host?: Partial<ReportedHost>;
  /** Identifying values of the host. */
  readonly ids?: readonly RawId[];
}

/** How the text of a source is got on a living machine. A source that is not there gives none. */
export type Origin =
  | { readonly command: readonly [program: string, ...args: string[]] }
  | { readonly path: string }
  /** Files below a folder, `*` for any one name; each is headed by a line `==> path <==`, as `head` prints it. */
  | { readonly paths: string }
  /** Those of these variables that are set, one line `NAME=value` each. */
  | { readonly variables: readonly string[] };

/** One source of a hardware report: how to get its text, and a pure parser of it. One file each. */
export interface Source {
  /** Also the name of its capture, with `extension`: `nvidia-smi.xml`. */
  readonly name: string;
  readonly extension: 'xml' | 'json' | 'txt';
  readonly platforms: readonly NodeJS.Platform[];
  /** Tried in their order; the first that gives text is taken. */
  readonly origins: readonly Origin[];
  /** Whether a text of unknown name is a capture of this source. */
  readonly isOf: (text: string) => boolean;
  /** Never throws, whatever the text; null where it is none of this source's. Cut to the limits of the messages. */
  readonly parse: (text: string) => SourceFacts | null;
}
