import { describe, expect, it } from 'vitest';
import { codeTable } from '../protocol/codes/table.js';
import { TouchstoneError } from '../protocol/error.js';
import { formatError } from './output.js';

describe('an error in the terminal', () => {
  it('says what it is, what happened, what to do and the code, in that order', () => {
    const error = new TouchstoneError('agent.key-unreadable', 'key.json is open to other users');
    const { title, fix } = codeTable['agent.key-unreadable'];
    const text = formatError(error);
    const places = [title, 'key.json is open to other users', fix, 'agent.key-unreadable'].map((part) =>
      text.indexOf(part),
    );
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(text.endsWith('\n')).toBe(true);
  });

  it('names the cause where there is one', () => {
    const cause = new Error('EACCES: permission denied');
    const text = formatError(new TouchstoneError('agent.key-unreadable', undefined, {}, { cause }));
    expect(text).toContain('EACCES: permission denied');
  });

  it('keeps the stack of a fault that is ours', () => {
    expect(formatError(new RangeError('off by one'))).toContain('output.test.ts');
  });

  it('survives what is not an error at all', () => {
    expect(formatError('plain text')).toContain('plain text');
  });
});
