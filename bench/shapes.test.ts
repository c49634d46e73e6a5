import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

it('prints the very rows of exams that docs/scoring.md quotes', () => {
  const page = readFileSync(path('../docs/scoring.md'), 'utf8');
  const [, command = ''] = /npm run bench:shapes -- ([a-z0-9 -]+)/.exec(page) ?? [];
  const classes = command.split(' ');
  expect(classes).toHaveLength(6);
  const printed = execFileSync(process.execPath, ['--import', 'tsx', path('shapes.ts'), ...classes], {
    encoding: 'utf8',
  });
  // The exams'; those of probes and ballasts are held by `scoring/catalogue/*.test.ts`.
  const [exams = ''] = printed.split('\n\n');
  expect(page).toContain(exams);
});
