import fc from 'fast-check';
import { HardwareReport, ReportedCard, ReportedHost } from '../../../protocol/messages/hardware.js';
import type { RawCard, RawId, SourceFacts } from '../source.js';

/** Anything at all, some of it of the right kind: what a parser with a fault could give. */
const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constantFrom(
    null,
    undefined,
    '',
    'none',
    'NVIDIA A10',
    '0000:01:00.0',
    '00000000:01:00.0',
    '10de',
    -1,
    1e12,
  ),
  fc.array(fc.oneof(fc.string(), fc.object({ maxDepth: 1 })), { maxLength: 80 }),
  fc.record({ vendor: fc.constant('10de'), device: fc.string({ maxLength: 5 }) }),
  fc.object({ maxDepth: 2 }),
);

const kinds = HardwareReport.properties.components.items.properties.kind.anyOf.map((one) => one.const);
const ids: fc.Arbitrary<RawId[]> = fc.array(
  fc.record({ kind: fc.constantFrom(...kinds), value: fc.string({ unit: 'binary' }) }),
  { maxLength: 6 },
);

const fieldsOf = (names: readonly string[]) =>
  fc.dictionary(fc.constantFrom(...names), anything, { maxKeys: 8, noNullPrototype: true });

const card = fc
  .tuple(fieldsOf(Object.keys(ReportedCard.properties)), ids)
  .map(([fields, own]) => ({ ...fields, ids: own }) as unknown as RawCard);

/** Facts of a source that breaks every promise but their rough form. */
export const oddFacts: fc.Arbitrary<SourceFacts> = fc.record({
  cards: fc.array(card, { maxLength: 70 }),
  host: fieldsOf(Object.keys(ReportedHost.properties)) as fc.Arbitrary<Partial<ReportedHost>>,
  ids,
});
