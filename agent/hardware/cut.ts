import type { Static, TObject, TSchema } from 'typebox';

/** What this file reads of a schema: TypeBox's are JSON Schema. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

/**
 * A value cut to a schema: long texts and lists shortened, control characters replaced, fields that it doesn't know left out,
 * and whatever still does not fit as if it were not known (null, false, no items). So what a driver prints can never make a
 * report that a verifier refuses.
 *
 * @param schema of objects, lists, texts, numbers, booleans, literals and unions of them
 * @returns undefined where nothing of the value fits
 */
export function cutTo<T extends TSchema>(schema: T, value: unknown): Static<T> | undefined {
  return fitted(schema as Shape, value) as Static<T> | undefined;
}

/** Of an object those fields that fit, each by itself; none is made up. */
export function fieldsThatFit<T extends TObject>(schema: T, value: object): Partial<Static<T>> {
  const fields = Object.entries(schema.properties).flatMap(([name, property]) => {
    const found = cutTo(property, (value as Record<string, unknown>)[name]);
    return found === undefined || found === null ? [] : [[name, found]];
  });
  return Object.fromEntries(fields);
}

function fitted(shape: Shape, value: unknown): unknown {
  if (shape.anyOf) {
    for (const one of shape.anyOf) {
      const found = fitted(one, value);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if ('const' in shape) return value === shape.const ? value : undefined;
  switch (shape.type) {
    case 'null':
      return value === null ? null : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'integer':
      return typeof value === 'number' ? within(shape, Math.round(value)) : undefined;
    case 'number':
      return typeof value === 'number' ? within(shape, value) : undefined;
    case 'string':
      return typeof value === 'string' ? textOf(shape, value) : undefined;
    case 'array':
      return Array.isArray(value) ? itemsOf(shape, value) : undefined;
    case 'object':
      return typeof value === 'object' && value !== null ? objectOf(shape, value) : undefined;
    default:
      return undefined;
  }
}

/** A zero of either sign is one zero: JSON knows no other. */
const within = ({ minimum = -Infinity, maximum = Infinity }: Shape, value: number): number | undefined =>
  value >= minimum && value <= maximum ? value + 0 : undefined;

function textOf({ maxLength = Infinity, pattern }: Shape, value: string): string | undefined {
  const text = value
    .replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    // What the cut has left of a pair.
    .replace(/\p{Cs}/gu, '')
    .trim();
  return text !== '' && (pattern === undefined || new RegExp(pattern, 'u').test(text)) ? text : undefined;
}

function itemsOf({ items = {}, maxItems }: Shape, value: readonly unknown[]): unknown[] {
  return value
    .map((item) => fitted(items, item))
    .filter((item) => item !== undefined)
    .slice(0, maxItems);
}

function objectOf({ properties = {} }: Shape, value: object): Record<string, unknown> | undefined {
  const fields = Object.entries(properties).map(([name, property]) => {
    const given = (value as Record<string, unknown>)[name];
    return [name, fitted(property, given) ?? unknownOf(property)] as const;
  });
  return fields.every(([, field]) => field !== undefined) ? Object.fromEntries(fields) : undefined;
}

/** How a field says that it is not known; undefined where it can't. */
function unknownOf(shape: Shape): unknown {
  if (shape.anyOf?.some(({ type }) => type === 'null')) return null;
  if (shape.type === 'array') return [];
  return shape.type === 'boolean' ? false : undefined;
}
