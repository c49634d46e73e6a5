import { type Static, Type } from 'typebox';
import { Hex32 } from '../ids.js';
import { limits } from '../limits.js';
import { MemoryShape } from '../shapes.js';
import { EngineName } from '../text.js';
import { CardIndex } from './cards.js';

// A card keeps its table after an exam, and is ordered to make another: a ballast while it is leased, or a whole one where
// the last was lost. A table is known by the seed that it was made of.

const Milliseconds = Type.Integer({ minimum: 0, maximum: limits.buildMs });

/** `ballast`: small, beside a tenant. `whole`: as after an exam, where that one was lost. */
export const TablePurpose = Type.Union([Type.Literal('ballast'), Type.Literal('whole')]);
export type TablePurpose = Static<typeof TablePurpose>;

/** Verifier → agent: make this table in the place of the one that is there, and keep it. Answer `table.ready` or `table.decline`. */
export const TableBuild = Type.Object({
  type: Type.Literal('table.build'),
  card: CardIndex,
  purpose: TablePurpose,
  shape: MemoryShape,
  tableSeed: Hex32,
  withinMs: Milliseconds,
});
export type TableBuild = Static<typeof TableBuild>;

/** Verifier → agent: this table is of no more use. Nothing is answered. */
export const TableDrop = Type.Object({
  type: Type.Literal('table.drop'),
  card: CardIndex,
  tableSeed: Hex32,
});
export type TableDrop = Static<typeof TableDrop>;

/** Agent → verifier: the table stands. */
export const TableReady = Type.Object(
  { type: Type.Literal('table.ready'), card: CardIndex, tableSeed: Hex32, engine: EngineName },
  { additionalProperties: false },
);

/** Agent → verifier: it could not be made. `message` is for the log. */
export const TableDecline = Type.Object(
  {
    type: Type.Literal('table.decline'),
    card: CardIndex,
    tableSeed: Hex32,
    message: Type.String({ maxLength: 1024 }),
  },
  { additionalProperties: false },
);

export const TableMessage = Type.Union([TableReady, TableDecline]);
export type TableMessage = Static<typeof TableMessage>;
