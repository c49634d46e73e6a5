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

  it('has each id once, so that a fact names one class', () => {
    const [a, b] = ['a', 'b'].map((id) => givenClass(id, 'gpu', { gflops: 1 }));
    const twice = expect.stringContaining('class a is there twice');
    expect(messageOf({ classes: [a, a] })).toMatchObject({ code: 'catalogue.unreadable', message: twice });
    expect(messageOf({ classes: [a, { ...b, formerIds: ['a'] }] })).toMatchObject({ message: twice });
    expect(messageOf({ classes: [{ ...a, formerIds: ['a'] }, b] })).toBeNull();
  });

  it('may leave the memory out, which is then not judged', () => {
    const { memory: _, ...before } = givenClass('a', 'gpu', { gflops: 1 });
    expect(readCatalogueFile(fileOf({ classes: [before] })).classes[0]?.memory).toBeNull();
  });

  it('may give the memory, but none that no fair exam exists for', () => {
    const withBest = (bestGops: number) =>
      givenClass('a', 'gpu', {
        gflops: 1,
        memoryBytes: 2 ** 34,
        memory: { bandwidthGBps: 500, tableGops: 10_000, bestGops },
      });
    const good = withBest(80_000);
    expect(readCatalogueFile(fileOf({ classes: [good] })).classes).toEqual([good]);
    expect(messageOf({ classes: [withBest(1e12)] })).toMatchObject({
      code: 'catalogue.unreadable',
      message: expect.stringContaining('class a has memory figures that allow no exam'),
    });
    expect(messageOf({ classes: [{ ...good, memory: { ...good.memory, lowGBps: 0 } }] })).toMatchObject({
      message: expect.stringContaining('/classes/0/memory'),
    });
  });
});
