// Writes docs/reason-codes.md from the table of codes; with --check only says whether it is in sync.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { root } from './folders.mjs';

const page = join(root, 'docs/reason-codes.md');
const { codeTable } = await tsImport('../protocol/codes/table.ts', import.meta.url);

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;

const columns = ['code', 'kind', 'title', 'what it means', 'what to do', 'HTTP', 'closes', 'hard'];

/** Empty where none is set: such an error mostly never leaves through REST. */
const status = (entry) => entry.status ?? '';

function entryRow([code, entry]) {
  const { kind, title, detail, fix, closes, hard } = entry;
  return row([
    `\`${code}\``,
    kind,
    title,
    detail,
    fix,
    status(entry),
    closes ? 'yes' : '',
    hard ? 'yes' : '',
  ]);
}

function section([area, entries]) {
  const rows = entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(entryRow);
  return [`## ${area}`, '', row(columns), row(columns.map(() => '---')), ...rows, ''];
}

function groupByArea(entries) {
  const areas = new Map();
  for (const entry of entries) {
    const [area] = entry[0].split('.');
    areas.set(area, [...(areas.get(area) ?? []), entry]);
  }
  return [...areas].sort(([a], [b]) => (a < b ? -1 : 1));
}

const text = [
  '# Error and reason codes',
  '',
  '<!-- Generated from protocol/codes/ by `npm run docs:codes`; do not edit. -->',
  '',
  `All ${Object.keys(codeTable).length} codes. They are stable: none is ever renamed or given another meaning.`,
  '',
  '- **kind**: `error`: a request or message was refused and nothing changed. `reason`: why a check, an exam or a device is as it is.',
  '- **HTTP**: status where an error leaves through REST, as a problem document (RFC 9457) with the code in it; 400 where none is given.',
  '- **closes**: the connection of the agent is closed after the code is sent.',
  '- **hard**: proves a lie on its own; the device goes straight to quarantine.',
  '',
  ...groupByArea(Object.entries(codeTable)).flatMap(section),
].join('\n');

if (!process.argv.includes('--check')) {
  writeFileSync(page, text);
} else if (readFileSync(page, 'utf8') !== text) {
  process.stderr.write('docs/reason-codes.md is out of date: run npm run docs:codes\n');
  process.exit(1);
}
