import { placeInJournal } from '../facts/batch.js';
import type { Fact } from '../facts/facts.js';
import { type Placed, seconds } from './placed.js';

/** Kinds of facts that the feed tells of. A probe is told of where it was not passed: they pass every few minutes. */
export const changeKinds = [
  'device.enrolled',
  'device.transition',
  'exam.finished',
  'network.measured',
  'probe.finished',
  'offline.shown',
  'lease.moved',
  'sweep.chain',
  'sweep.finished',
  'maintenance.declared',
  'maintenance.ended',
  'quiet.declared',
  'alarm.raised',
  'operator.acted',
] as const satisfies readonly Fact['kind'][];
export type ChangeKind = (typeof changeKinds)[number];
export type ChangeFact = Extract<Fact, { readonly kind: ChangeKind }>;

/** Whether the feed tells of a fact. */
export const isChange = (fact: Fact): fact is ChangeFact =>
  (changeKinds as readonly string[]).includes(fact.kind) &&
  !(fact.kind === 'probe.finished' && fact.outcome === 'passed');

/** Rows of `changes`, and the last place of each journal among them. */
export function changeRows(
  placed: readonly Placed<Fact>[],
  token: string,
): { readonly changes: object[]; readonly change_ends: object[] } {
  const changes = placed.flatMap(([fact, position]) => {
    const place = placeInJournal(token, position);
    if (place === null || !isChange(fact)) return [];
    return [{ ...place, id: fact.id, device: fact.device, kind: fact.kind, at: seconds(fact.at) }];
  });
  const last = changes.at(-1);
  return { changes, change_ends: last === undefined ? [] : [{ journal: last.journal, place: last.place }] };
}
