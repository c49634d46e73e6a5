import type { WriteStream } from 'node:tty';
import { rowLine, type TableRow, tableLines } from './table.js';

/** Where the live table appears. */
export interface Screen {
  /** Shows how things stand now. */
  show(rows: readonly TableRow[]): void;
  /** A line that stays. */
  say(line: string): void;
}

type Output = Pick<WriteStream, 'write'> & Partial<Pick<WriteStream, 'isTTY' | 'columns'>>;

/** A terminal is redrawn in place; anything else gets a line whenever a row changes. */
export function screenOn(output: Output): Screen {
  return output.isTTY ? redrawn(output) : appended(output);
}

function redrawn(output: Output): Screen {
  let drawn = 0;
  // Up over the old table, and clear from there to the end of the screen.
  const erase = (): string => (drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : '');
  let rows: readonly TableRow[] = [];
  const draw = (): string => {
    const lines = rows.length > 0 ? tableLines(rows, output.columns || 80) : [];
    drawn = lines.length;
    return lines.map((line) => `${line}\n`).join('');
  };
  return {
    show(next) {
      const erased = erase();
      rows = next;
      output.write(erased + draw());
    },
    say(line) {
      output.write(`${erase()}${line}\n${draw()}`);
    },
  };
}

function appended(output: Output): Screen {
  const shown = new Map<string, string>();
  return {
    show(rows) {
      for (const row of rows) {
        const line = rowLine(row);
        if (shown.get(row.name) === line) continue;
        shown.set(row.name, line);
        output.write(`${line}\n`);
      }
    },
    say: (line) => void output.write(`${line}\n`),
  };
}
