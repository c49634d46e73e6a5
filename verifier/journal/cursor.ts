import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';
import { replaceFile } from './files.js';

const name = 'cursor.json';
const Position = Type.Object({ segment: Type.Integer(), offset: Type.Integer() });
export type Position = Static<typeof Position>;

const Cursor = Type.Object({
  /** Of this journal, part of every insert token: two verifiers never share a token. */
  journal: Type.String(),
  /** Everything before this place is in ClickHouse. */
  shipped: Position,
  /** The batch that may or may not have arrived. It is sent again exactly as it was, under the same token. */
  inFlight: Type.Union([Type.Object({ from: Position, to: Position }), Type.Null()]),
});
export type Cursor = Static<typeof Cursor>;
const cursorSchema = Compile(Cursor);

/** The cursor of a journal directory, or a fresh one. @throws TouchstoneError `journal.corrupt` */
export async function readCursor(directory: string): Promise<Cursor> {
  let text: string;
  try {
    text = await readFile(join(directory, name), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { journal: randomBytes(8).toString('hex'), shipped: { segment: 1, offset: 0 }, inFlight: null };
  }
  try {
    return cursorSchema.Parse(JSON.parse(text));
  } catch (cause) {
    throw new TouchstoneError('journal.corrupt', `${name} in ${directory} is damaged`, {}, { cause });
  }
}

export async function writeCursor(directory: string, cursor: Cursor): Promise<void> {
  await replaceFile(directory, name, `${JSON.stringify(cursor)}\n`);
}
