import { describe, expect, it } from 'vitest';
import { known, nvidiaPci, viewWith } from '../testing/reports.js';
import { architectureAgainstCard, driverAgainstCard, partAgainstCard, vbiosAgainstCard } from './chip.js';

type Card = Parameters<typeof viewWith>[0];
const codes = (ask: typeof vbiosAgainstCard, card: Card) =>
  ask(viewWith(card), known).map(({ code }) => code);

/** Of published reports, a card each. */
const seen = [
  ['GeForce GTX 1070', '1b81', '86.04.50.00.24', '1B81-200-A1', 'Pascal', '530.30.02'],
  ['NVIDIA GeForce GTX 1050', '1c8d', '86.07.67.00.14', null, 'Pascal', '515.65.01'],
  ['Tesla T4', '1eb8', '90.04.84.00.06', '900-2G183-0000-001', 'Turing', '515.105.01'],
  ['NVIDIA GeForce RTX 2070 SUPER', '1e84', '90.04.76.00.d4', null, 'Turing', '516.94'],
  ['NVIDIA A10', '2236', '94.02.91.00.03', '2236-890-A1', 'Ampere', '550.127.05'],
  ['NVIDIA A10G', '2237', '94.02.75.00.01', '2237-892-A1', 'Ampere', '550.127.05'],
  ['NVIDIA A16', '25b6', '94.07.54.00.01', '900-2G171-0000-000', null, '510.47.03'],
  ['NVIDIA GeForce RTX 3050', '2582', '94.07.68.00.AA', '2582-350-A1', 'Ampere', '545.29.06'],
  ['NVIDIA GeForce RTX 3080', '2206', '94.02.26.40.95', null, null, '465.19.01'],
  ['NVIDIA GeForce RTX 3080', '2216', '94.02.71.40.72', '2216-202-A1', 'Ampere', '595.58.03'],
  ['NVIDIA RTX A6000', '2230', '94.02.5C.00.02', '2230-875-A1', 'Ampere', '535.183.01'],
  ['NVIDIA L4', '27b8', '95.04.29.00.06', '27B8-895-A1', 'Ada Lovelace', '550.54.15'],
  ['NVIDIA L20', '26ba', '95.02.7C.00.04', '26BA-888-A1', 'Ada Lovelace', '550.144.03'],
  ['NVIDIA GeForce RTX 4060 Ti', '2803', '95.06.34.00.F3', '2803-350-A1', 'Ada Lovelace', '555.42.02'],
  [
    'NVIDIA GeForce RTX 4070 Laptop GPU',
    '2860',
    '95.06.32.00.49',
    '2860-775-A1',
    'Ada Lovelace',
    '570.86.16',
  ],
  ['NVIDIA GeForce RTX 4090', '2684', '95.02.47.00.01', '2684-301-A1', 'Ada Lovelace', '545.29.06'],
  ['NVIDIA RTX 4000 SFF Ada Generation', '27b0', '95.04.53.00.01', '27B0-850-A1', 'Ada Lovelace', '595.84'],
  ['NVIDIA GeForce RTX 5090', '2b85', '98.02.2E.40.61', '2B85-300-A1', 'Blackwell', '570.133.07'],
] as const;

describe('what is of one chip', () => {
  it.each(seen)(
    'agrees in a %s with id %s and VBIOS %s',
    (name, id, vbios, partNumber, architecture, driver) => {
      const card = { name, pci: nvidiaPci(id), vbios, partNumber, architecture, driver };
      for (const ask of [vbiosAgainstCard, partAgainstCard, architectureAgainstCard, driverAgainstCard])
        for (const less of [{}, { pci: null }, { name: null }])
          expect(codes(ask, { ...card, ...less })).toEqual([]);
    },
  );

  it('is found in a VBIOS of another architecture, and of another chip of it', () => {
    const card = { name: 'NVIDIA GeForce RTX 4090', pci: nvidiaPci('2684') };
    expect(codes(vbiosAgainstCard, { ...card, vbios: '94.02.42.C0.0E' })).toEqual([
      'hardware.vbios-mismatch',
    ]);
    expect(codes(vbiosAgainstCard, { ...card, vbios: '95.04.29.00.06' })).toEqual([
      'hardware.vbios-mismatch',
    ]);
    expect(codes(vbiosAgainstCard, { name: card.name, vbios: '95.04.29.00.06' })).toHaveLength(1);
    expect(codes(vbiosAgainstCard, { pci: card.pci, vbios: '95.04.29.00.06' })).toHaveLength(1);
  });

  it('is not held against a VBIOS of no known family, or against a chip that nobody has listed one for', () => {
    const card = { name: 'NVIDIA GeForce RTX 4090', pci: nvidiaPci('2684') };
    expect(codes(vbiosAgainstCard, { ...card, vbios: '9C.02.11.00.01' })).toEqual([]);
    expect(codes(vbiosAgainstCard, { ...card, vbios: '00.00.00.00.00' })).toEqual([]);
    expect(codes(vbiosAgainstCard, { ...card, vbios: '113-D70401XT-P01' })).toEqual([]);
    expect(codes(vbiosAgainstCard, { name: 'NVIDIA B300 SXM6 AC', vbios: '97.10.11.00.01' })).toEqual([]);
    expect(codes(vbiosAgainstCard, { name: 'NVIDIA B300 SXM6 AC', vbios: '96.00.11.00.01' })).toHaveLength(1);
  });

  it('is found in an architecture of another, and not in a word that nobody knows', () => {
    const card = { name: 'NVIDIA GeForce RTX 4090', pci: nvidiaPci('2684') };
    expect(codes(architectureAgainstCard, { ...card, architecture: 'Ampere' })).toHaveLength(1);
    expect(codes(architectureAgainstCard, { ...card, architecture: 'Rubin' })).toEqual([]);
    expect(codes(architectureAgainstCard, { ...card, architecture: 'Unknown' })).toEqual([]);
    expect(codes(architectureAgainstCard, { name: 'Something New', architecture: 'Ampere' })).toEqual([]);
  });

  it('is found in a part number of another model, and not of the same under another id', () => {
    const card = { name: 'NVIDIA GeForce RTX 3060', pci: nvidiaPci('2504') };
    expect(codes(partAgainstCard, { ...card, partNumber: '2503-300-A1' })).toEqual([]);
    expect(codes(partAgainstCard, { ...card, partNumber: '2684-300-A1' })).toEqual([
      'hardware.part-mismatch',
    ]);
    expect(codes(partAgainstCard, { ...card, partNumber: '900-1G190-2530-000' })).toEqual([]);
  });
});

describe('driver against card', () => {
  it('finds a branch from before the architecture', () => {
    const card = { name: 'NVIDIA GeForce RTX 4090', pci: nvidiaPci('2684') };
    expect(codes(driverAgainstCard, { ...card, driver: '470.82.01' })).toEqual(['hardware.driver-too-old']);
    expect(codes(driverAgainstCard, { ...card, driver: '520.56.06' })).toEqual([]);
    expect(codes(driverAgainstCard, { name: 'Tesla K80', driver: '418.39' })).toEqual([]);
  });

  it('finds a branch that has dropped the architecture', () => {
    const v100 = { name: 'Tesla V100-SXM2-16GB', pci: nvidiaPci('1db1') };
    expect(codes(driverAgainstCard, { ...v100, driver: '595.58.03' })).toEqual(['hardware.driver-too-new']);
    for (const driver of ['580.126.09', '582.28', `${known.newestBranch + 5}.11`])
      expect(codes(driverAgainstCard, { ...v100, driver })).not.toContain('hardware.driver-too-new');
    expect(codes(driverAgainstCard, { name: 'Tesla K80', driver: '550.54.15' })).toHaveLength(1);
    expect(codes(driverAgainstCard, { name: 'Tesla K80', driver: '475.14' })).toEqual([]);
    expect(codes(driverAgainstCard, { name: 'Tesla T4', driver: '595.58.03' })).toEqual([]);
  });

  it('notes a branch that nobody has seen, and holds it against nobody', () => {
    const newest = `${known.newestBranch}.57.04`;
    const newer = driverAgainstCard(viewWith({ driver: `${known.newestBranch + 5}.11` }), known);
    expect(newer.map(({ code, severity }) => [code, severity])).toEqual([['hardware.driver-new', 'note']]);
    expect(codes(driverAgainstCard, { driver: newest })).toEqual([]);
  });

  it('reads only versions that are of NVIDIA', () => {
    expect(codes(driverAgainstCard, { source: 'rocm-smi', driver: '6.10.5' })).toEqual([]);
    expect(codes(driverAgainstCard, { driver: 'none' })).toEqual([]);
  });
});
