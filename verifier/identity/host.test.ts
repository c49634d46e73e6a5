import { describe, expect, it } from 'vitest';
import { assertReachable, assertSignedForUs, ownHosts } from './host.js';

const refused = { code: 'signature.wrong-host' };

describe('the host in a signed message', () => {
  it('may be any name of loopback with the port that is listened on, and no other', () => {
    const own = ownHosts({ host: '127.0.0.1', port: 8440 }, []);
    for (const name of ['127.0.0.1:8440', 'localhost:8440', '[::1]:8440']) assertSignedForUs(name, own);
    for (const name of ['127.0.0.1:8441', 'localhost', 'evil.example:8440', '']) {
      expect(() => assertSignedForUs(name, own)).toThrow(expect.objectContaining(refused));
    }
  });

  it('may be a public name that the operator lists; loopback counts only where that is listened on', () => {
    const own = ownHosts({ host: '0.0.0.0', port: 8440 }, ['verifier.example', 'verifier.example:8443']);
    assertSignedForUs('verifier.example', own);
    assertSignedForUs('verifier.example:8443', own);
    expect(() => assertSignedForUs('127.0.0.1:8440', own)).toThrow(expect.objectContaining(refused));
  });

  it('must be known beforehand where others than this machine can connect', () => {
    assertReachable('localhost', []);
    assertReachable('0.0.0.0', ['verifier.example']);
    expect(() => assertReachable('0.0.0.0', [])).toThrow(
      expect.objectContaining({ code: 'verifier.public-host-missing' }),
    );
  });
});
