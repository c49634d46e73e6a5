import { type Static, Type } from 'typebox';

/** What the exams of a card say that it is: a class, never a model. */
export const ClassVerdict = Type.Object({
  class: Type.String({ description: 'Such as `rtx-4090`; `unlisted` where none is confirmed' }),
  /** `attested`: a vendor's key in the card vouches too. `unlisted`: nothing is confirmed. */
  basis: Type.Union([Type.Literal('measured'), Type.Literal('attested'), Type.Literal('unlisted')]),
  members: Type.Array(Type.String(), {
    description: 'Models of the class, which exams cannot tell apart, by the names that drivers give them',
  }),
  alsoPossible: Type.Array(Type.String(), {
    description:
      'Models of other classes, paid less, that could have given the same answers: they have the memory, and reach the measured rates at the spread of honest cards',
  }),
  confidence: Type.Number({
    minimum: 0,
    maximum: 1,
    description:
      'How much of the pay is sure, whatever the card is: what the cheapest card that could have given these answers is worth, over what the class is paid. 1 where none is worth less; 0 where nothing is confirmed. It is not the chance of a lie',
  }),
  floorUnits: Type.Union([Type.Number(), Type.Null()], {
    description: 'What the class is paid: the least of its members; null where it is not paid',
  }),
});
export type ClassVerdict = Static<typeof ClassVerdict>;
