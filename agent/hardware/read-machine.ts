import { mergeFacts, type ReadSource } from './merge.js';
import type { RawReport } from './report.js';
import { type Answer, askOrigin } from './run-origin.js';
import type { Origin, Source, SourceFacts } from './source.js';
import { sources } from './sources.js';

/** The text that one source gave, or that was kept of it. */
export interface Capture {
  readonly source: Source;
  readonly text: string;
}

/** What a machine gave, before anything of it is understood. */
export interface Captured {
  readonly captures: readonly Capture[];
  /** Such as `dmi: permission denied`. */
  readonly unread: readonly string[];
}

export interface MachineOptions {
  readonly sources?: readonly Source[];
  readonly platform?: NodeJS.Platform;
  /** Gets the text of an origin. */
  readonly ask?: (origin: Origin) => Promise<Answer>;
}

/** What this machine says about itself. Never rejects: a source that fails leaves the others. Takes up to a minute where tools hang. */
export async function readMachine(options: MachineOptions = {}): Promise<RawReport> {
  return reportOf(await captureMachine(options));
}

/** Asks all sources of this machine at once. */
export async function captureMachine({
  sources: all = sources,
  platform = process.platform,
  ask = askOrigin,
}: MachineOptions = {}): Promise<Captured> {
  const here = all.filter((source) => source.platforms.includes(platform));
  const answers = await Promise.all(here.map((source) => askSource(source, ask)));
  return {
    captures: answers.flatMap(({ capture }) => (capture ? [capture] : [])),
    unread: answers.flatMap(({ unread }) => unread),
  };
}

/** The report that captures make: the same for the same texts, wherever and whenever they were made. */
export function reportOf({ captures, unread }: Captured): RawReport {
  // Best source first, whatever order the files were in.
  const order = (source: Source): number => sources.indexOf(source);
  const read = [...captures]
    .sort((a, b) => order(a.source) - order(b.source))
    .flatMap(({ source, text }): ReadSource[] => {
      const facts = parsed(source, text);
      return facts === null ? [] : [{ name: source.name, facts }];
    });
  return mergeFacts(read, unread);
}

/** A parser may not throw; if one does, its source says nothing. */
export function parsed(source: Source, text: string): SourceFacts | null {
  try {
    return source.parse(text);
  } catch {
    return null;
  }
}

/** The first origin whose text the source understands. Why others gave none is told where none did, or parts of its own are missing. */
async function askSource(
  source: Source,
  ask: (origin: Origin) => Promise<Answer>,
): Promise<{ readonly capture?: Capture; readonly unread: readonly string[] }> {
  const reasons: string[] = [];
  for (const origin of source.origins) {
    const { text = '', unread } = await ask(origin);
    if (text.trim() !== '' && parsed(source, text) !== null) {
      return {
        capture: { source, text },
        unread: 'paths' in origin && unread !== undefined ? [`${source.name}: ${unread}`] : [],
      };
    }
    if (unread !== undefined) reasons.push(unread);
    else if (text.trim() !== '') reasons.push('not understood');
  }
  return { unread: [...new Set(reasons)].slice(0, 1).map((reason) => `${source.name}: ${reason}`) };
}
