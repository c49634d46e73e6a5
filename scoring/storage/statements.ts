import type { ClickHouseClient } from '@clickhouse/client';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { TouchstoneError } from '../../protocol/error.js';

/** SQL with the shapes of what goes in and what comes out. */
export interface Statement<P, R> {
  /**
   * Runs it; every row has been checked.
   * @throws TouchstoneError `storage.row-unexpected`, `storage.unreachable`; the engine's errors
   */
  (client: ClickHouseClient, params: P): Promise<R[]>;
  readonly sql: string;
}

/**
 * Declares a query: `sql` names its parameters as `{name:Type}`, `params` and `row` are their TypeBox schemas. Params
 * are checked too, so that a wrong one is our error here and not a syntax error of the database.
 */
export function statement<P extends TSchema, R extends TSchema>(declaration: {
  readonly sql: string;
  readonly params: P;
  readonly row: R;
}): Statement<Static<P>, Static<R>> {
  const { sql } = declaration;
  const params = Compile(declaration.params);
  const row = Compile(declaration.row);
  const run = async (client: ClickHouseClient, values: Static<P>): Promise<Static<R>[]> => {
    if (!params.Check(values)) throw unexpected(sql, 'parameters', params.Errors(values));
    const rows = await read(client, sql, values as Record<string, unknown>);
    return rows.map((one) => {
      if (!row.Check(one)) throw unexpected(sql, 'a row', row.Errors(one));
      return one as Static<R>;
    });
  };
  return Object.assign(run, { sql });
}

/** @throws TouchstoneError `storage.unreachable` where no engine answered; the engine's own errors as they are */
async function read(
  client: ClickHouseClient,
  sql: string,
  params: Record<string, unknown>,
): Promise<unknown[]> {
  try {
    const result = await client.query({ query: sql, query_params: params, format: 'JSONEachRow' });
    return await result.json<unknown>();
  } catch (error) {
    if (isOfEngine(error)) throw error;
    throw new TouchstoneError('storage.unreachable', 'ClickHouse did not answer.', {}, { cause: error });
  }
}

/** The engine numbers its errors; those of sockets and timeouts have names, or nothing. */
const isOfEngine = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^[0-9]+$/.test(String(error.code));

function unexpected(sql: string, what: string, errors: readonly { instancePath: string; message: string }[]) {
  const [first] = errors;
  return new TouchstoneError(
    'storage.row-unexpected',
    `The statement's ${what} does not have the declared shape: ${first?.instancePath ?? ''} ${first?.message ?? ''}`,
    { sql },
  );
}
