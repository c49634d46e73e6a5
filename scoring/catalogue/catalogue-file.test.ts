import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCatalogueFile } from './catalogue-file.js';
import { givenClass } from './given.js';
import { loadCatalogue } from './read-catalogue.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'catalogue-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(content: unknown): string {
  const path = join(directory, 'catalogue.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

const messageOf = (content: unknown): unknown => {
  try {
    readCatalogueFile(fileOf(content));
  } catch (error) {
    return error;
  }
  return null;
};

describe("an operator's catalogue", () => {
  it('may be the published one, unchanged', () => {
    expect(readCatalogueFile(fileOf(loadCatalogue()))).toEqual(loadCatalogue());
  });

  it('is refused with the field that is wrong', () => {
    const good = givenClass('a', 'gpu', { gflops: 1 });
    expect(messageOf('{')).toMatchObject({ code: 'catalogue.unreadable' });
    expect(messageOf({ classes: [] })).toMatchObject({ message: expect.stringContaining('/classes') });
    expect(messageOf({ classes: [{ ...good, kind: 'tpu' }] })).toMatchObject({
      message: expect.stringContaining('/classes/0/kind'),
    });
    expect(messageOf({ classes: [{ ...good, expectations: {} }] })).toMatchObject({
      message: expect.stringContaining('class a has no expectation for *'),
    });
  });
});
