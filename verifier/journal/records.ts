import { crc32 } from 'node:zlib';

// A segment is a run of records: u32 length, u32 CRC-32 of the payload, payload. Little-endian.
const headerBytes = 8;
/** Longest payload that is believed: a length beyond it is damage, not data. */
const maxPayload = 16 * 1024 * 1024;

export interface JournalRecord {
  /** Offset just after the record. */
  readonly end: number;
  readonly payload: Buffer;
}

/** @throws RangeError when the payload is empty, or longer than a reader would believe */
export function encodeRecord(payload: Buffer): Buffer {
  if (payload.length === 0 || payload.length > maxPayload)
    throw new RangeError(`a record cannot have ${payload.length} bytes`);
  const record = Buffer.allocUnsafe(headerBytes + payload.length);
  record.writeUInt32LE(payload.length, 0);
  record.writeUInt32LE(crc32(payload), 4);
  payload.copy(record, headerBytes);
  return record;
}

/**
 * Reads whole, undamaged records from the start of `bytes` and stops at the first that is not.
 * @returns the records and the offset up to which all is well; equal to `bytes.length` when nothing is torn
 */
export function decodeRecords(bytes: Buffer, base = 0): { records: JournalRecord[]; soundEnd: number } {
  const records: JournalRecord[] = [];
  let offset = 0;
  while (offset + headerBytes <= bytes.length) {
    const length = bytes.readUInt32LE(offset);
    const end = offset + headerBytes + length;
    // A power cut may leave zeros where bytes were to be, and zero is the checksum of nothing.
    if (length === 0 || length > maxPayload || end > bytes.length) break;
    const payload = bytes.subarray(offset + headerBytes, end);
    if (crc32(payload) !== bytes.readUInt32LE(offset + 4)) break;
    records.push({ end: base + end, payload });
    offset = end;
  }
  return { records, soundEnd: base + offset };
}
