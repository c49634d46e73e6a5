/**
 * A JSON document as indented lines that a person can read: every field, in the order it came, nothing left out.
 *
 * @param value what `JSON.parse` gave
 */
export function documentLines(value: unknown, indent = ''): string[] {
  if (!isContainer(value)) return [`${indent}${scalar(value)}`];
  if (Object.keys(value).length === 0) return [`${indent}(none)`];
  if (Array.isArray(value)) return value.flatMap((item) => itemLines(item, indent));
  return Object.entries(value).flatMap(([key, item]) =>
    isContainer(item)
      ? [`${indent}${key}:`, ...documentLines(item, `${indent}  `)]
      : [`${indent}${key}: ${scalar(item)}`],
  );
}

/** The first line of an item carries its dash. */
function itemLines(item: unknown, indent: string): string[] {
  const [first = '', ...rest] = documentLines(item, `${indent}  `);
  return [`${indent}- ${first.trimStart()}`, ...rest];
}

const isContainer = (value: unknown): value is object => typeof value === 'object' && value !== null;

function scalar(value: unknown): string {
  return typeof value === 'string' ? value : value === null ? '-' : String(value);
}
