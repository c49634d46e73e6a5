import { describe, expect, it } from 'vitest';
import { screenOn } from './screen.js';
import { type TableRow, tableLines } from './table.js';

const row: TableRow = {
  name: 'alder',
  claims: 'NVIDIA GeForce RTX 4090',
  status: 'verified',
  class: 'rtx-4090',
  rate: { measured: 0.14337, required: 0.1 },
  bandwidth: { measured: 0.08064, required: 0.028 },
  reasons: ['exam.passed', 'rate.fits-class'],
};
const examining: TableRow = {
  ...row,
  status: 'examining',
  class: null,
  rate: null,
  bandwidth: null,
  reasons: [],
};

describe('the table', () => {
  it('lines up under its headings', () => {
    const lines = tableLines([row, { ...examining, name: 'a-longer-name' }], 200);
    const at = lines.map((line, i) => line.indexOf(['claims', 'NVIDIA', 'NVIDIA'][i] ?? ''));
    expect(new Set(at)).toEqual(new Set(['a-longer-name  '.length]));
    expect(lines[1]).toMatch(/0\.143\s+0\.1\s+0\.0806\s+0\.028\s+exam\.passed rate\.fits-class$/);
  });

  it('is never wider than the terminal', () => {
    for (const line of tableLines([row], 40)) expect(line.length).toBeLessThanOrEqual(40);
  });

  it('is redrawn in place on a terminal', () => {
    let written = '';
    const write = (text: string) => {
      written += text;
      return true;
    };
    const screen = screenOn({ isTTY: true, columns: 120, write });
    screen.show([examining]);
    written = '';
    screen.show([row]);
    expect(written.startsWith('\x1b[2A\x1b[0J')).toBe(true);
    expect(written.split('\n')).toHaveLength(3);
    screen.say('stays');
    expect(written).toContain('stays\ndevice');
  });

  it('is shown where a terminal does not know its width', () => {
    let written = '';
    const write = (text: string) => {
      written += text;
      return true;
    };
    screenOn({ isTTY: true, columns: 0, write }).show([row]);
    expect(written).toContain('alder');
  });

  it('is a line for each change elsewhere', () => {
    const lines: string[] = [];
    const screen = screenOn({ write: (text: string) => Boolean(lines.push(text)) });
    screen.show([examining]);
    screen.show([examining]);
    screen.show([row]);
    expect(lines).toEqual([
      'alder (NVIDIA GeForce RTX 4090): examining\n',
      'alder (NVIDIA GeForce RTX 4090): verified 0.143 of 0.1 GFLOP/s, 0.0806 of 0.028 GB/s exam.passed rate.fits-class\n',
    ]);
  });
});
