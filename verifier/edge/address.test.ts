import fc from 'fast-check';
import { expect, it } from 'vitest';
import { addressGroup, addressNetwork } from './address.js';

it('counts an IPv4 address as one, in whatever spelling it comes', () => {
  expect(addressGroup('::ffff:192.0.2.7')).toBe(addressGroup('192.0.2.7'));
  expect(addressGroup('192.0.2.7')).not.toBe(addressGroup('192.0.2.8'));
});

it('counts all that one IPv6 line can write from as one, and its neighbour as another', () => {
  const word = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
  const half = fc.tuple(word, word, word, word).map((words) => words.join(':'));
  fc.assert(
    fc.property(half, half, half, half, (line, a, other, b) => {
      // What lies there stands for IPv4 addresses.
      fc.pre(!line.startsWith('0:0:0:0') && !other.startsWith('0:0:0:0'));
      expect(addressGroup(`${line}:${a}`)).toBe(addressGroup(`${line}:${b}`));
      expect(addressGroup(`${line}:${a}`) === addressGroup(`${other}:${b}`)).toBe(line === other);
    }),
  );
  expect(addressGroup('2001:db8::1')).toBe(addressGroup('2001:0DB8:0:0:ffff::'));
});

it('counts together what is no address', () => {
  for (const address of [undefined, '', 'unix:', '<script>', '1.2.3.4.5'])
    expect(addressGroup(address)).toBe('unknown');
});

it('knows the network of an IPv6 line, and none of an IPv4 address', () => {
  expect(addressNetwork('2001:db8:1:2::3')).toBe(addressNetwork('2001:db8:1:ffff::4'));
  expect(addressNetwork('2001:db8:1:2::3')).not.toBe(addressNetwork('2001:db8:2:2::3'));
  for (const address of ['192.0.2.7', '::ffff:192.0.2.7', 'unix:'])
    expect(addressNetwork(address)).toBeNull();
});
