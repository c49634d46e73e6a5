import { expect, test } from 'vitest';
import { childrenOf, elementAt, readXml, textAt } from './xml.js';

test('what stands before and after the element does not matter', () => {
  const text = `Warning: <odd> & "unfinished\n<?xml version="1.0"?>\n<log><a x="1 &amp; 2">v &lt; w</a></log>\nbye <b`;
  const log = readXml(text, 'log');
  expect(textAt(log, 'a')).toBe('v < w');
  expect(elementAt(log, 'a')?.attributes.get('x')).toBe('1 & 2');
  expect(textAt(log, 'a', 'nothing')).toBeNull();
});

test('values stay text, and elements of one name stay in their order', () => {
  const log = readXml('<log><n>007</n><n>0x10</n><n>true</n><m/></log>', 'log');
  expect(childrenOf(log, 'n').map(({ text }) => text)).toEqual(['007', '0x10', 'true']);
  expect(textAt(log, 'm')).toBe('');
});

test('a document that breaks off is read as far as it goes', () => {
  expect(textAt(readXml('<log><a>1</a><b>2', 'log'), 'a')).toBe('1');
  expect(readXml('<log', 'log')).toBeNull();
  expect(readXml('none of it', 'log')).toBeNull();
});

test('elements that are cut out may hold anything', () => {
  const text = '<log><skip>a < b && "c <d</skip><a>1</a><skip></log>';
  expect(textAt(readXml(text, 'log', ['skip']), 'a')).toBe('1');
});

test('names that objects have of their own do no harm', () => {
  const log = readXml('<log><toString>1</toString><a>3</a></log>', 'log');
  expect([textAt(log, 'a'), textAt(log, 'valueOf'), textAt(log, 'a', 'constructor')]).toEqual([
    '3',
    null,
    null,
  ]);
  expect(() => readXml('<log><__proto__><polluted>1</polluted></__proto__></log>', 'log')).not.toThrow();
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

test('entities never grow: those of a document’s own are not read', () => {
  const lol = Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i + 1} "${`&l${i};`.repeat(10)}">`).join('');
  const before = `<?xml version="1.0"?><!DOCTYPE log [<!ENTITY l0 "lol">${lol}]>`;
  expect(textAt(readXml(`${before}<log><a>&l9;</a></log>`, 'log'), 'a')).toBe('&l9;');
  const within = readXml('<log><!DOCTYPE log [<!ENTITY l0 "lol">]><a>&l0; &amp;lt;</a></log>', 'log');
  expect(textAt(within, 'a')).toBe('&l0; &lt;');
});

test('a document that is too deep, too long or has too many elements is none', () => {
  const deep = (levels: number) => `<log>${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}</log>`;
  expect(readXml(deep(10), 'log')).not.toBeNull();
  expect(readXml(deep(50), 'log')).toBeNull();
  expect(readXml(deep(50_000), 'log')).toBeNull();
  expect(readXml(`<log><a>${'x'.repeat(5 * 1024 * 1024)}</a></log>`, 'log')).toBeNull();
  expect(readXml(`<log>${'<a/>'.repeat(300_000)}</log>`, 'log')).toBeNull();
});

test('an element that is cut out ends on a line of its own, not in what a program is called', () => {
  const named = (name: string) => `<log>\n\t<skip>\n\t\t<n>${name}</n>\n\t</skip>\n\t<a>1</a>\n</log>\n`;
  for (const name of ['x', '</skip><a>2</a>', '</skip></log>', '<skip>', '</skip><!--']) {
    expect(textAt(readXml(named(name), 'log', ['skip']), 'a')).toBe('1');
    expect(textAt(readXml(named(name).replaceAll('\n', '\r\n'), 'log', ['skip']), 'a')).toBe('1');
  }
});
