import { XMLParser } from 'fast-xml-parser';

/** One element: its attributes, its text without that of its children, and those. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** Characters of a document without the parts that nobody reads: sixty-four cards take a tenth of it. */
const maxLength = 4 * 1024 * 1024;
/** Opening and closing tags. */
const maxTags = 200_000;
/** Levels of elements; a report of cards has seven. */
const maxDepth = 24;

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  processEntities: false,
  htmlEntities: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: maxDepth,
  jPath: false,
});

/**
 * The first element of a name, whatever stands around it: the document's type and its entities are never read. A document that
 * breaks off is read as far as it goes.
 *
 * @param without elements that are cut out first, unread: long, or with text in them that anybody may choose
 * @returns null where there is none, or one that is too long or too deep
 */
export function readXml(text: string, name: string, without: readonly string[] = []): XmlElement | null {
  const start = text.search(new RegExp(`<${name}[\\s>]`));
  if (start < 0) return null;
  const close = `</${name}>`;
  // Cut first: the end may stand in what anybody may choose.
  const cut = without.reduce(withoutElement, text.slice(start));
  const end = cut.indexOf(close);
  const kept = cut.slice(0, end < 0 ? cut.lastIndexOf('>') + 1 : end + close.length);
  if (kept.length > maxLength || kept.split('<', maxTags + 2).length > maxTags + 1) return null;
  try {
    const found = elementsOf(parser.parse(kept), 0).find((element) => element.name === name);
    return found ?? null;
  } catch {
    return null;
  }
}

/** An element that begins on a line of its own ends on one too: what a program is called can't end it earlier. */
function withoutElement(text: string, name: string): string {
  const [open, close] = [`<${name}>`, `</${name}>`];
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const from = text.indexOf(open, at);
    const to = from < 0 ? -1 : endOf(text, close, from + open.length);
    if (to < 0) return [...kept, text.slice(at)].join('');
    kept.push(text.slice(at, from));
    at = to + close.length;
  }
}

/** Where the tag stands that closes what begins before `from`; -1 without one. */
function endOf(text: string, close: string, from: number): number {
  const first = text.indexOf(close, from);
  if (!/^\r?\n/.test(text.slice(from, from + 2))) return first;
  for (let to = first; to >= 0; to = text.indexOf(close, to + 1)) {
    const line = text.slice(text.lastIndexOf('\n', to) + 1, to);
    if (line.trim() === '' && /^\s/.test(text[to + close.length] ?? '\n')) return to;
  }
  return first;
}

/** The parser's lists of one-key objects as elements. */
function elementsOf(nodes: unknown, depth: number): XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  if (depth > maxDepth) throw new RangeError('too deep');
  return nodes.flatMap((node: unknown): XmlElement[] => {
    if (typeof node !== 'object' || node === null) return [];
    const entries = Object.entries(node);
    const tag = entries.find(([key]) => key !== ':@' && key !== '#text');
    if (tag === undefined) return [];
    const [name, inside] = tag;
    const attributes = entries.find(([key]) => key === ':@')?.[1];
    return [
      {
        name,
        attributes: new Map(
          Object.entries(attributes ?? {}).map(([key, value]) => [key, unescaped(String(value))]),
        ),
        text: textIn(inside),
        children: elementsOf(inside, depth + 1),
      },
    ];
  });
}

const textIn = (nodes: unknown): string =>
  !Array.isArray(nodes)
    ? ''
    : nodes
        .map((node: unknown) =>
          typeof node === 'object' && node !== null && '#text' in node
            ? unescaped(String(node['#text']))
            : '',
        )
        .join(' ')
        .trim();

const escapes: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };

/** The five escapes that every document may use, each once: nothing grows. */
const unescaped = (text: string): string =>
  text.replace(/&(lt|gt|quot|apos|amp);/g, (whole, name: string) => escapes[name] ?? whole);

/** The children of a name. */
export const childrenOf = (element: XmlElement | null | undefined, name: string): readonly XmlElement[] =>
  element?.children.filter((child) => child.name === name) ?? [];

/** The first element down a path of names. */
export function elementAt(element: XmlElement | null | undefined, ...path: string[]): XmlElement | null {
  let at = element ?? null;
  for (const name of path) at = at?.children.find((child) => child.name === name) ?? null;
  return at;
}

/** The text of the first element down a path of names; null without one. */
export const textAt = (element: XmlElement | null | undefined, ...path: string[]): string | null =>
  elementAt(element, ...path)?.text ?? null;
