import { readFileSync } from 'node:fs';

/**
 * Rows of a Markdown table of docs/scoring.md, each as column title → cell. The table follows the comment
 * `<!-- example: NAME -->`. The document's worked examples are the tests, so neither can drift from the code.
 */
export function docTable(name: string): Record<string, string>[] {
  const text = readFileSync(new URL('../../docs/scoring.md', import.meta.url), 'utf8');
  const [, after] = text.split(`<!-- example: ${name} -->\n`);
  if (after === undefined) throw new Error(`docs/scoring.md has no example ${name}`);
  const lines = after.trimStart().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  const [titles = [], , ...rows] = lines.slice(0, end === -1 ? undefined : end).map(cells);
  if (rows.length === 0) throw new Error(`the example ${name} of docs/scoring.md has no rows`);
  return rows.map((row) => Object.fromEntries(titles.map((title, at) => [title, row[at] ?? ''])));
}

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
