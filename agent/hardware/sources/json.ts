/** Characters of a text that is looked through. */
const maxLength = 4 * 1024 * 1024;
/** Places at which the value may begin: tools print warnings before it. */
const maxStarts = 16;

/** An object or a list of JSON, with whatever a tool prints around it; undefined without one. */
export function readJson(text: string): unknown {
  if (text.length > maxLength) return undefined;
  let tried = 0;
  for (const { index } of text.matchAll(/^[^\S\n]*[[{]/gm)) {
    const body = text.slice(index).trimStart();
    const end = body.lastIndexOf(body.startsWith('{') ? '}' : ']');
    try {
      return JSON.parse(body.slice(0, end + 1)) as unknown;
    } catch {
      // It may begin further on.
    }
    tried += 1;
    if (tried === maxStarts) break;
  }
  return undefined;
}

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The objects of a list; none where it is no list. */
export const objectsOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];

/** What stands down a path of own keys; undefined where it breaks off. */
export function valueAt(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const key of path) at = isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  return at;
}
