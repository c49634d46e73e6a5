import { type Code, codeTable } from './codes/table.js';

/**
 * The one error type that crosses a boundary. `message` is for people, `code` for programs,
 * `data` holds what was measured or offending (never secrets).
 */
export class TouchstoneError extends Error {
  readonly code: Code;
  readonly data: Record<string, unknown>;

  constructor(code: Code, detail?: string, data: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(detail ?? codeTable[code].detail, options);
    this.name = 'TouchstoneError';
    this.code = code;
    this.data = data;
  }
}
