import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusal } from './problem.js';

const body = (problem: Record<string, unknown>): string => JSON.stringify(problem);

describe('a refused request', () => {
  it("carries the verifier's code and words", () => {
    const error = refusal(403, body({ code: 'device.retired', detail: 'Retired on Monday.' }));
    expect(error).toMatchObject({ code: 'device.retired', message: 'Retired on Monday.' });
  });

  it('keeps the words of a code that this version does not know', () => {
    const error = refusal(400, body({ code: 'future.code', detail: 'New rule.', fix: 'Do that.' }));
    expect(error.code).toBe('agent.verifier-refused');
    expect(error.message).toContain('New rule. Do that. (future.code)');
  });

  it("is an unreachable verifier where a gateway answers in the verifier's place", () => {
    expect(refusal(502, '<html>Bad Gateway</html>').code).toBe('agent.verifier-unreachable');
  });

  it('says how long to wait where the verifier does', () => {
    expect(refusal(503, body({ code: 'service.busy' }), '7').data.retryAfterMs).toBe(7000);
    expect(refusal(503, body({ code: 'service.busy' }), 'Fri, 01 Jan').data.retryAfterMs).toBeUndefined();
  });

  it('is an error with a known code, whatever the body', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, text) => {
        expect(refusal(status, text).message.length).toBeGreaterThan(0);
      }),
    );
  });
});
