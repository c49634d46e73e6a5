import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { log } from '@clack/prompts';

/** Where an agent says what it does. */
export interface Display {
  info(text: string): void;
  success(text: string): void;
  warn(text: string): void;
  /** Shows a bar, or moves it. @param share 0 to 1 */
  progress(share: number, text: string): void;
  /** Takes the bar away, leaving a line. Does nothing without one. */
  progressEnd(text: string): void;
}

type Stream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** Bars and colours on a terminal, one plain line for each event elsewhere. Colours obey `NO_COLOR`. */
export function createDisplay(output: Stream = process.stderr): Display {
  return output.isTTY ? terminalDisplay(output) : plainDisplay(output);
}

function plainDisplay(output: Writable): Display {
  const line = (text: string): void => void output.write(`${new Date().toISOString()} ${text}\n`);
  return { info: line, success: line, warn: line, progress() {}, progressEnd: line };
}

const barWidth = 30;

/**
 * Lines by clack, the bar by ourselves: clack's takes the keyboard into raw mode, so a Ctrl-C would end the process
 * with code 0 instead of closing it in order, and an agent in the background of a shell would be stopped.
 */
function terminalDisplay(output: Stream): Display {
  let drawn = false;
  const erase = (): void => {
    if (drawn) output.write('\r\u001b[2K');
    drawn = false;
  };
  const line = (print: () => void): void => {
    erase();
    print();
  };
  return {
    info: (text) => line(() => log.info(text, { output })),
    success: (text) => line(() => log.success(text, { output })),
    warn: (text) => line(() => log.warn(styleText('yellow', text), { output })),
    progress(share, text) {
      erase();
      const done = Math.round(share * barWidth);
      // A bar that wraps could not be erased.
      const room = Math.max(0, (output.columns ?? 80) - barWidth - 5);
      const bar = styleText('cyan', '━'.repeat(done)) + styleText('dim', '─'.repeat(barWidth - done));
      output.write(`   ${bar} ${text.slice(0, room)}`);
      drawn = true;
    },
    progressEnd: (text) => line(() => log.step(text, { output })),
  };
}
