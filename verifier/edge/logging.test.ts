import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newApiKey, newNonce, newSessionToken } from '../../protocol/ids.js';
import { errorForLog, openLog, withoutSecrets } from './logging.js';

function lines(write: (log: ReturnType<typeof openLog>) => void): string {
  let text = '';
  const to = {
    write(line: string) {
      text += line;
    },
  };
  write(openLog({ logLevel: 'debug' }, to));
  return text;
}

const random = (length: number) => new Uint8Array(length).fill(0xab);
const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array).toString('hex'));

describe('the log', () => {
  it('keeps a secret out by the name of its field, however deep it stands', () => {
    const text = lines((log) => {
      log.info({ token: 'blue-a' }, 'one');
      log.info({ req: { headers: { authorization: 'blue-b', cookie: 'blue-c' } } }, 'two');
      log.info({ body: { nonce: 'blue-d', signature: 'blue-e', name: 'kept' } }, 'three');
      log.info({ webhook: { secret: 'blue-f' } }, 'four');
    });
    expect(text).not.toContain('blue');
    expect(text).toContain('kept');
  });

  it('keeps a secret out by its look, in messages, errors and causes', () => {
    const secrets = [
      newSessionToken(random),
      newApiKey(random),
      newNonce(random),
      'whsec_c2VjcmV0LXNlY3JldA==',
    ];
    for (const secret of secrets) {
      const text = lines((log) => {
        log.warn(`asked with ${secret}`);
        log.error({ err: new Error(`bad header ${secret}`, { cause: new Error(secret) }) }, 'broken');
        log.info({ headers: [`x-anything: ${secret}`] }, 'odd');
      });
      expect(text).not.toContain(secret);
      expect(text).toContain('broken');
    }
  });

  it('keeps passwords in URLs and bearer tokens of others out', () => {
    const text = lines((log) => {
      log.error({ err: new Error('connect redis://user:blue@10.0.0.1:6379 failed') }, 'away');
      log.info({ said: 'Authorization: Bearer blue.token.of-another-service' }, 'said');
    });
    expect(text).not.toContain('blue');
    expect(text).toContain('10.0.0.1');
  });

  it('writes what an error says, not what a library hangs on it', () => {
    const error = Object.assign(new Error('WRONGTYPE'), {
      code: 'EREPLY',
      command: { name: 'set', args: ['session', 'blue'] },
    });
    const text = lines((log) => log.error({ err: error }, 'redis'));
    expect(text).not.toContain('blue');
    expect(text).toContain('WRONGTYPE');
    expect(text).toContain('EREPLY');
  });

  it('writes lines that are JSON, whatever secret was in them', () => {
    fc.assert(
      fc.property(fc.string(), bytes(32), fc.string(), (before, secret, after) => {
        const text = lines((log) => log.info({ said: `${before} Bearer se_${secret} ${after}` }, before));
        expect(text).not.toContain(secret);
        expect(JSON.parse(text)).toMatchObject({ msg: expect.any(String) });
      }),
    );
  });

  it('ends with a chain of causes that has no end', () => {
    const error = new Error('ring');
    error.cause = error;
    expect(JSON.stringify(errorForLog(error)).length).toBeLessThan(100_000);
  });

  it('leaves what everybody may know', () => {
    const device = 'ab'.repeat(32);
    const plain = `device ${device} exam ex_${'cd'.repeat(16)} at 10.1.2.3 took 5 ms`;
    expect(withoutSecrets(plain)).toBe(plain);
  });
});
