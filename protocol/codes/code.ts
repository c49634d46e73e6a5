/**
 * What one stable code says. A code is never reused for another meaning and never renamed:
 * suppliers' scripts and marketplaces' filters match on it.
 */
export interface CodeEntry {
  /** `error`: a request or message was refused. `reason`: why a check, exam or device is as it is. */
  readonly kind: 'error' | 'reason';
  /** Short and stable, the `title` of a problem document. */
  readonly title: string;
  /** What happened, in a sentence a supplier can read at 2 a.m. */
  readonly detail: string;
  /** What to do about it. */
  readonly fix: string;
  /** HTTP status where the code leaves through REST; 400 when absent. */
  readonly status?: number;
  /** True where the agent's connection is closed after the code is sent. */
  readonly closes?: boolean;
  /** True where the code proves a lie on its own: straight to quarantine. */
  readonly hard?: boolean;
}

/** Keeps the keys of a table as literal types while checking its entries. */
export function codes<const T extends Record<string, CodeEntry>>(
  table: T,
): { readonly [K in keyof T]: CodeEntry } {
  return table;
}
