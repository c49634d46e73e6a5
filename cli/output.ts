import { codeTable } from '../protocol/codes/table.js';
import { TouchstoneError } from '../protocol/error.js';

/**
 * An error as people read it in a terminal: title, what happened, what to do, and the code to search for.
 * Anything but a `TouchstoneError` is our own fault and keeps its stack.
 *
 * @returns lines, the last one ended with a line feed
 */
export function formatError(error: unknown): string {
  if (!(error instanceof TouchstoneError)) return formatFault(error);
  const { title, fix } = codeTable[error.code];
  const cause = error.cause instanceof Error ? [`  cause:      ${error.cause.message}`] : [];
  return lines(title, `  ${error.message}`, ...cause, `  what to do: ${fix}`, `  code:       ${error.code}`);
}

function formatFault(error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return lines('Unexpected error', text, '  what to do: report these lines; this is a fault of Touchstone');
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
