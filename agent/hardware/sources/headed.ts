/** Files of one capture: each is headed by a line `==> path <==`, as `head` prints it. */
export interface Section {
  readonly path: string;
  readonly text: string;
}

/** The files of a capture in their order; what stands before the first heading is left out. None where there is no heading. */
export function sectionsOf(text: string): Section[] {
  const [, ...parts] = text.split(/^==> (\S[^\r\n]*?) <==[^\S\r\n]*\r?$/m);
  const sections: Section[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2)
    sections.push({ path: parts[at] ?? '', text: (parts[at + 1] ?? '').trim() });
  return sections;
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
