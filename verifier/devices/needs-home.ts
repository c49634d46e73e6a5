import type { Fact } from '../../scoring/facts/facts.js';

type AboutDevice = Extract<Fact, { readonly device: string }>;

/**
 * Whether only the home of its device may record a fact: what rests on a decision about the device, of which two must never be
 * made at once. That somebody was seen, said something or asked for something is so wherever it was heard; and that an exam
 * broke off by our fault speaks for nobody and against nobody.
 */
export function needsHome(fact: Fact): fact is AboutDevice {
  switch (fact.kind) {
    case 'exam.finished':
    case 'probe.finished':
      return fact.outcome !== 'ours';
    case 'device.enrolled':
    case 'device.transition':
    case 'hardware.reported':
    case 'card.attested':
    case 'network.measured':
    case 'table.built':
    case 'squaring.measured':
    case 'offline.shown':
    case 'lease.moved':
      return true;
    default:
      return false;
  }
}
