import { describe, expect, it } from 'vitest';
import { finding } from '../../scoring/hardware/finding.js';
import { hardwareRecordOf } from '../../scoring/queries/hardware.js';
import { hardwareReported } from '../../scoring/testing/hardware-facts.js';
import { HardwareBook } from './hardware-book.js';

const [device, other] = ['a'.repeat(64), 'b'.repeat(64)];
const slice = finding('hardware.slice-mig', 'refusal', 1);
const first = hardwareReported(device, 10, { findings: [slice, finding('hardware.wsl', 'note', null)] });
const second = hardwareReported(device, 20);

describe('the view of all reports', () => {
  it('is of the latest report of each device, whatever comes late or twice', () => {
    const book = new HardwareBook([]);
    book.apply([second, first, second]);
    expect(book.of(device)).toEqual(hardwareRecordOf(second));
    expect(book.of(other)).toBeNull();
  });

  it('keeps what is newer than the record, and takes what is newer in it', () => {
    const book = new HardwareBook([hardwareRecordOf(second)]);
    book.reload([hardwareRecordOf(first), hardwareRecordOf(hardwareReported(other, 1))]);
    expect(book.of(device)?.fact).toBe(second.id);
    expect(book.of(other)?.at).toBe(1);
  });

  it('says what stands against a device until it reports something else', () => {
    const book = new HardwareBook([hardwareRecordOf(first)]);
    expect(book.standing(device)).toEqual({ fact: first.id, refusals: [slice] });
    expect(book.standing(other)).toBeNull();
    book.apply([second]);
    expect(book.standing(device)).toBeNull();
  });

  it('counts each device once, by the gravest that its latest report holds', () => {
    const book = new HardwareBook([hardwareRecordOf(first)]);
    const note = { findings: [finding('hardware.wsl', 'note', null)] };
    book.apply([hardwareReported(other, 1, note), hardwareReported(other, 2, note), first]);
    expect(Object.fromEntries(book.byWorst())).toEqual({ refusal: 1, evidence: 0, note: 1, none: 0 });
    book.apply([second, first]);
    expect(Object.fromEntries(book.byWorst())).toEqual({ refusal: 0, evidence: 0, note: 1, none: 1 });
  });
});
