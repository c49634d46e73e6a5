import { codeTable } from '../../protocol/codes/table.js';
import { TouchstoneError } from '../../protocol/error.js';

/** Longest message that the protocol takes. */
const longest = 1024;

/** What is said of a failure: to the verifier's log, and to people. */
export interface FailureWords {
  readonly message: string;
  /** Of the engine's error; null where it had none. */
  readonly code: string | null;
}

/** An engine's error comes with the words of its code: they say what happened to the card. */
export function failureWords(error: unknown): FailureWords {
  if (error instanceof TouchstoneError) {
    const { code, message } = error;
    return { message: inOneLine(`${codeTable[code].title} (${code}): ${message}`), code };
  }
  return { message: inOneLine(error instanceof Error ? error.message : String(error)), code: null };
}

/** Drivers write whole pages; in a log it is one line. */
export const inOneLine = (message: string): string => message.replace(/\s+/g, ' ').slice(0, longest);
