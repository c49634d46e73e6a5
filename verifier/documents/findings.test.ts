import { describe, expect, it } from 'vitest';
import { finding } from '../../scoring/hardware/finding.js';
import { cloneFindings, findingDocuments } from './findings.js';

describe('what is found in a report, as a supplier reads it', () => {
  const found = [
    finding('hardware.wsl', 'note', null),
    finding('hardware.memory-mismatch', 'evidence', 1, {
      name: 'NVIDIA L4',
      totalMiB: 12282,
      boardsMiB: '23034, 24570',
      bus: null,
    }),
    finding('hardware.slice-vgpu', 'refusal', 0),
  ];
  const documents = findingDocuments(found, [4, null]);

  it('comes the gravest first, and says what was read, what follows and what to do', () => {
    expect(documents.map(({ code }) => code)).toEqual([
      'hardware.slice-vgpu',
      'hardware.memory-mismatch',
      'hardware.wsl',
    ]);
    expect(documents[1]).toMatchObject({
      title: 'Memory of another model',
      read: 'name: NVIDIA L4, totalMiB: 12282, boardsMiB: 23034, 24570',
      follows: expect.stringContaining('Nothing is rejected'),
      fix: expect.stringContaining('exams decide'),
    });
  });

  it('names the card of the report and the claim that it stands for', () => {
    expect(documents.map(({ card, claim }) => [card, claim])).toEqual([
      [0, 4],
      [1, null],
      [null, null],
    ]);
  });
});

describe('a copied image', () => {
  it('is noted with what is shared and by how many others', () => {
    expect(
      cloneFindings([
        { kind: 'disk', devices: ['a', 'b'] },
        { kind: 'machine-id', devices: ['b'] },
      ]),
    ).toMatchObject([{ severity: 'note', card: null, evidence: { shared: 'disk, machine-id', devices: 2 } }]);
    expect(cloneFindings([])).toEqual([]);
  });

  it('is of so many that the number is no more than a bound', () => {
    const devices = Array.from({ length: 100 }, (_, index) => `${index}`);
    expect(cloneFindings([{ kind: 'disk', devices }])[0]?.evidence.devices).toBe('100 or more');
  });
});
