import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import { TouchstoneError } from '../../protocol/error.js';
import { Hex32 } from '../../protocol/ids.js';
import { Reveal } from '../../protocol/messages/exam.js';
import { ComputeShape } from '../../protocol/shapes.js';

const Hex = Type.String({ pattern: '^(?:[0-9a-f]{2})*$' });

/** A case of `stream.json`: the keystream's bytes from `offset`. */
export const StreamCase = Type.Object({
  seed: Hex32,
  label: Type.String(),
  offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  bytes: Hex,
});
export type StreamCase = Static<typeof StreamCase>;

/** A case of `compute.json`: an exam's roots and some of its openings. */
export const ComputeCase = Type.Object({
  shape: ComputeShape,
  seed: Hex32,
  roots: Type.Array(Hex32),
  opens: Type.Array(Reveal, { minItems: 1 }),
});
export type ComputeCase = Static<typeof ComputeCase>;

/** Answer files of exams that this version does not have. */
const laterFiles = ['memory.json', 'timelock.json'];

/** What a directory of answers holds. */
export interface AnswerFiles {
  readonly stream: StreamCase[];
  readonly compute: ComputeCase[];
  /** Names of files whose exam is not checked yet. */
  readonly notChecked: string[];
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
  const notChecked = laterFiles.filter((name) => names.includes(name));
  const stream = await cases('stream.json', StreamCase);
  const compute = await cases('compute.json', ComputeCase);
  if (stream.length + compute.length + notChecked.length === 0)
    throw unreadable(directory, 'no answer file with a case');
  return { stream, compute, notChecked };
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
