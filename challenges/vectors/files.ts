import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32 } from '../../protocol/ids.js';
import { limits } from '../../protocol/limits.js';
import { ComputeShape, MemoryShape } from '../../protocol/shapes.js';

const Hex = Type.String({ pattern: '^(?:[0-9a-f]{2})*$' });
const Index = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });

/** A leaf and its path, leaf upwards: hexadecimal here, whatever a message makes of them. */
const leafAndPath = { leaf: Hex, path: Type.Array(Hex32) };

/** A case of `stream.json`: the keystream's bytes from `offset`. */
export const StreamCase = Type.Object({
  seed: Hex32,
  label: Type.String(),
  offset: Index,
  bytes: Hex,
});
export type StreamCase = Static<typeof StreamCase>;

/** An opened page of a case. */
export const PageOpen = Type.Object({ round: Index, page: Index, ...leafAndPath });
export type PageOpen = Static<typeof PageOpen>;

/** An opened walker of a case. */
export const WalkerOpen = Type.Object({ round: Index, walker: Index, ...leafAndPath });
export type WalkerOpen = Static<typeof WalkerOpen>;

/** A case of `compute.json`: an exam's roots and some of its openings. */
export const ComputeCase = Type.Object({
  shape: ComputeShape,
  seed: Hex32,
  roots: Type.Array(Hex32),
  opens: Type.Array(PageOpen, { minItems: 1 }),
});
export type ComputeCase = Static<typeof ComputeCase>;

/** A case of `memory.json`: a table's hash over all its pages in order, a walk's roots and some of its openings. */
export const MemoryCase = Type.Object({
  shape: MemoryShape,
  seed: Hex32,
  walkSeed: Hex32,
  tableSha256: Hex32,
  roots: Type.Array(Hex32),
  opens: Type.Array(WalkerOpen, { minItems: 1 }),
});
export type MemoryCase = Static<typeof MemoryCase>;

/** So many bytes. */
const HexOf = (bytes: number) => Type.String({ pattern: `^[0-9a-f]{${2 * bytes}}$` });

/** A link of a case: its box holds the walk seed and the base of the next link, zeros after the last. */
export const LinkAnswer = Type.Object({
  base: HexOf(256),
  box: HexOf(16 + 32 + 256),
  solution: HexOf(256),
  walkSeed: Hex32,
});
export type LinkAnswer = Static<typeof LinkAnswer>;

/** A case of `timelock.json`: links of so many squarings each, and the factors of their modulus. */
export const TimelockCase = Type.Object({
  modulus: HexOf(256),
  p: HexOf(128),
  q: HexOf(128),
  squarings: Type.Integer({ minimum: 1, maximum: limits.squarings }),
  firstBase: HexOf(256),
  links: Type.Array(LinkAnswer, { minItems: 1 }),
});
export type TimelockCase = Static<typeof TimelockCase>;

/** What a directory of answers holds. */
export interface AnswerFiles {
  readonly stream: StreamCase[];
  readonly compute: ComputeCase[];
  readonly memory: MemoryCase[];
  readonly timelock: TimelockCase[];
}

/**
 * Reads a directory of answer files (challenges/vectors/answers/README.md says their form).
 * @throws TouchstoneError `vectors.unreadable` that names file and field
 */
export async function readAnswerFiles(directory: string): Promise<AnswerFiles> {
  let names: string[];
  try {
    names = await readdir(directory);
  } catch (cause) {
    throw unreadable(directory, messageOf(cause));
  }
  const cases = async <T extends TSchema>(name: string, schema: T): Promise<Static<T>[]> =>
    names.includes(name) ? readCases(join(directory, name), schema) : [];
  const stream = await cases('stream.json', StreamCase);
  const compute = await cases('compute.json', ComputeCase);
  const memory = await cases('memory.json', MemoryCase);
  const timelock = await cases('timelock.json', TimelockCase);
  if (stream.length + compute.length + memory.length + timelock.length === 0)
    throw unreadable(directory, 'no answer file with a case');
  return { stream, compute, memory, timelock };
}

async function readCases<T extends TSchema>(path: string, schema: T): Promise<Static<T>[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw unreadable(path, messageOf(cause));
  }
  const list = Type.Array(schema);
  if (Value.Check(list, content)) return content as Static<T>[];
  const [error] = Value.Errors(list, content);
  throw unreadable(path, `${error?.instancePath || 'the file'} ${error?.message ?? 'is not as documented'}`);
}

function unreadable(path: string, why: string): TouchstoneError {
  return new TouchstoneError('vectors.unreadable', `${path}: ${why}`, { path });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
