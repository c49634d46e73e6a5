import { TouchstoneError } from '../../protocol/error.js';

// SPDM 1.1 (DMTF DSP0274), GET_MEASUREMENTS and MEASUREMENTS, as a GPU's driver gives them: the request as it was sent, and right
// after it the whole response. Numbers are little-endian.

const version = 0x11;
const getMeasurements = 0xe0;
const measurements = 0x60;
/** Of the request: the response is to be signed. */
const signatureAsked = 0x01;
const nonceBytes = 32;
const requestBytes = 4 + nonceBytes + 1;
/** ECDSA over P-384: r and s, big-endian. */
const signatureBytes = 96;
/** A block is measured as DMTF says. */
const dmtf = 0x01;

/** A signed report, taken apart. */
export interface SignedMeasurements {
  /** 32 bytes of who asked. */
  readonly nonce: Uint8Array;
  /** What the signature is over. */
  readonly signed: Uint8Array;
  /** 96 bytes. */
  readonly signature: Uint8Array;
  /** How many measurements it holds. */
  readonly blocks: number;
}

/** @throws TouchstoneError `attestation.unreadable` where it is not exactly one request and one response */
export function readMeasurements(report: Uint8Array): SignedMeasurements {
  const from = new Reader(report);
  from.expect(version, 'version of the request');
  from.expect(getMeasurements, 'code of the request');
  if ((from.byte() & signatureAsked) === 0) throw unreadable('No signature was asked for.');
  from.skip(1);
  const nonce = from.take(nonceBytes);
  from.skip(requestBytes - from.at);
  from.expect(version, 'version of the response');
  from.expect(measurements, 'code of the response');
  from.skip(2);
  const blocks = from.byte();
  readBlocks(new Reader(from.take(from.number(3))), blocks);
  from.skip(nonceBytes);
  from.skip(from.number(2));
  const signed = report.subarray(0, from.at);
  const signature = from.take(signatureBytes);
  from.end();
  return { nonce, signed, signature, blocks };
}

function readBlocks(from: Reader, blocks: number): void {
  if (blocks === 0) throw unreadable('Nothing is measured.');
  for (let block = 0; block < blocks; block += 1) {
    from.skip(1);
    from.expect(dmtf, 'kind of a measurement');
    const value = new Reader(from.take(from.number(2)));
    value.skip(1);
    value.skip(value.number(2));
    value.end();
  }
  from.end();
}

/** Reads bytes in their order, and never beyond the last. */
class Reader {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length)
      throw unreadable(`It ends after ${this.#bytes.length} bytes; ${end} are needed.`);
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  skip(length: number): void {
    this.take(length);
  }

  number(length: number): number {
    return this.take(length).reduceRight((sum, byte) => sum * 256 + byte, 0);
  }

  byte(): number {
    return this.number(1);
  }

  expect(value: number, what: string): void {
    const read = this.byte();
    if (read !== value) throw unreadable(`The ${what} is ${hex(read)}; ${hex(value)} is known here.`);
  }

  end(): void {
    const more = this.#bytes.length - this.at;
    if (more > 0) throw unreadable(`${more} bytes follow where it should end.`);
  }
}

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

const unreadable = (detail: string) =>
  new TouchstoneError('attestation.unreadable', `The report cannot be read. ${detail}`);
