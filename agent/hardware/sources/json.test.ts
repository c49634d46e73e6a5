import { expect, test } from 'vitest';
import { isObject, objectsOf, readJson, valueAt } from './json.js';

test('a value is found between what a tool prints around it', () => {
  expect(readJson('WARNING: {odd}\n\n{"a": [1]}\nbye')).toEqual({ a: [1] });
  expect(readJson('[warning] low power\n[{"a": 1}]\n')).toEqual([{ a: 1 }]);
  expect(readJson('"text"')).toBeUndefined();
  expect(readJson('{"a": 1')).toBeUndefined();
});

test('depth and length have an end', () => {
  expect(readJson('['.repeat(1_000_000))).toBeUndefined();
  expect(readJson(`{"a": "${'x'.repeat(5 * 1024 * 1024)}"}`)).toBeUndefined();
});

test('a path is of own keys only', () => {
  const value = { a: { b: 1 }, list: [{ c: 2 }, null, 3] };
  expect(valueAt(value, 'a', 'b')).toBe(1);
  expect(valueAt(value, 'a', 'constructor')).toBeUndefined();
  expect(valueAt(value, 'list', 'length')).toBeUndefined();
  expect(objectsOf(value.list)).toEqual([{ c: 2 }]);
  expect(isObject([])).toBe(false);
});
