/** A line `name: value`, both without blanks around them; null for one without a colon. */
export function fieldOf(line: string): readonly [name: string, value: string] | null {
  const colon = line.indexOf(':');
  return colon < 0 ? null : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}
