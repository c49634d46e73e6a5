import type { Component, Finding } from '../../protocol/messages/hardware.js';
import type { CardAttestedFact, HardwareReportedFact } from '../facts/hardware.js';
import { cardWith, hostWith } from '../hardware/testing/blank.js';
import { deviceId, nextId } from './facts.js';

/** A host said something of itself; all that it does not say here is not known. */
export function hardwareReported(
  device: string,
  at: number,
  said: { components?: Component[]; findings?: Finding[]; claims?: (number | null)[]; steady?: string } = {},
): HardwareReportedFact {
  const { components = [], findings = [], claims = [0], steady } = said;
  return {
    kind: 'hardware.reported',
    id: nextId('fa'),
    at,
    device,
    report: {
      version: 1,
      host: hostWith({ os: 'linux' }),
      cards: claims.map((claim) => cardWith({ claim, name: 'NVIDIA L4' })),
      components,
      unread: [],
    },
    findings,
    ...(steady !== undefined && { steady }),
  };
}

export function cardAttested(
  device: string,
  at: number,
  changes: Partial<CardAttestedFact> = {},
): CardAttestedFact {
  return {
    kind: 'card.attested',
    id: nextId('fa'),
    at,
    device,
    card: 0,
    exam: nextId('ex'),
    hardware: deviceId('hardware'),
    vendor: 'nvidia',
    chip: 'GH100',
    key: deviceId('key'),
    report: deviceId('report'),
    nonce: deviceId('nonce'),
    ...changes,
  };
}
