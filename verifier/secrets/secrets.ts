import { createHmac, randomBytes } from 'node:crypto';
import nacl from 'tweetnacl';
import { Trapdoor } from '../../challenges/timelock/trapdoor.js';
import { toHex } from '../../protocol/bytes.js';
import { type SigningPurpose, signingBytes } from '../../protocol/signing.js';
import { type KeptSecrets, readSecrets, secretsPath, unreadable, writeSecrets } from './secrets-file.js';

/** The verifier's signature. */
export interface Signing {
  /** Ed25519 public key, 64 hexadecimal digits. */
  readonly key: string;
  /** Ed25519 over `signingBytes(purpose, fields)`, 128 hexadecimal digits. */
  sign(purpose: SigningPurpose, fields: Record<string, unknown>): string;
}

/**
 * All that a verifier keeps secret, in one file of its directory, made once. Whatever needs a key of its own derives it, so
 * a restart loses none of them and nothing else is to be kept.
 */
export class Secrets {
  readonly trapdoor: Trapdoor;
  readonly signing: Signing;
  readonly #secret: Uint8Array;

  private constructor(secret: Uint8Array, trapdoor: Trapdoor) {
    this.#secret = secret;
    this.trapdoor = trapdoor;
    const pair = nacl.sign.keyPair.fromSeed(this.derive('signing', 'ed25519'));
    this.signing = {
      key: toHex(pair.publicKey),
      sign: (purpose, fields) => toHex(nacl.sign.detached(signingBytes(purpose, fields), pair.secretKey)),
    };
  }

  /**
   * Reads the secrets of a directory, or makes them on the first start, which takes some tenths of a second.
   * @throws TouchstoneError `secrets.unreadable`; the file is never touched then
   */
  static async open(dataDir: string): Promise<Secrets> {
    const kept = await readSecrets(dataDir);
    if (kept !== null) return Secrets.#of(dataDir, kept);
    const trapdoor = Trapdoor.generate();
    const secret = new Uint8Array(randomBytes(32));
    if (await writeSecrets(dataDir, { secret, ...trapdoor.factors })) return new Secrets(secret, trapdoor);
    const others = await readSecrets(dataDir);
    if (others === null) throw unreadable(secretsPath(dataDir), 'vanished');
    return Secrets.#of(dataDir, others);
  }

  static #of(dataDir: string, { secret, p, q }: KeptSecrets): Secrets {
    let trapdoor: Trapdoor;
    try {
      trapdoor = Trapdoor.from({ p, q });
    } catch (error) {
      throw unreadable(secretsPath(dataDir), 'is damaged: its primes are none', error);
    }
    return new Secrets(secret, trapdoor);
  }

  /**
   * A key for one purpose and one thing, 32 bytes: HMAC-SHA256 of both under the one secret.
   * @param purpose a name in our code; has no line feed, which ends it
   */
  derive(purpose: string, id: string): Uint8Array {
    return new Uint8Array(createHmac('sha256', this.#secret).update(`${purpose}\n${id}`).digest());
  }
}
