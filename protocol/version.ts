/** The version of Touchstone that is running; a test holds it against `package.json`. */
export const version = '0.1.0';

/** Whether one version is before another: `0.9.1` is before `0.10.0`. What is no version is before all that are. */
export function isOlder(a: string, b: string): boolean {
  const [left, right] = [numbersOf(a), numbersOf(b)];
  const at = left.findIndex((number, i) => number !== right[i]);
  return at !== -1 && (left[at] ?? 0) < (right[at] ?? 0);
}

/** Of a version with another ending, such as `1.2.3-beta`, that of its release. */
function numbersOf(text: string): readonly number[] {
  const [, ...numbers] = /^(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:[-+].*)?$/.exec(text) ?? [];
  return numbers.length === 3 ? numbers.map(Number) : [-1, -1, -1];
}
