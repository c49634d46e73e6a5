import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import type { CardClass } from '../../scoring/catalogue/catalogue.js';
import { floorUnits, type Units } from '../../scoring/catalogue/units.js';
import type { CatalogueLearnedFact } from '../../scoring/facts/hardware.js';
import { beginOf } from '../catalogue/epoch.js';
import type { LiveCatalogue } from '../catalogue/live-catalogue.js';
import { timeOf } from '../documents/reason.js';
import { problems } from './problems.js';

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) =>
  Type.Union([type, Type.Null()]);
const Basis = Type.String({
  description:
    '`measured`: by a public measurement; `published-peak`: of a data sheet; `fleet`: learned here; `given`: set by the operator; `prior`: a guess, which confirms no class',
});

const EngineFigures = Type.Object({
  engine: Type.String({ description: '`*` is every engine that is not named' }),
  gflops: Type.Number({ description: 'What a usual card does' }),
  lowGflops: Type.Number({ description: 'Below it is not of this class' }),
  basis: Basis,
  source: Type.String(),
});

const ClassDocument = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  members: Type.Array(Type.String(), { description: 'Names of models which exams cannot tell apart' }),
  eligible: Type.Boolean(),
  floorUnits: Nullable(
    Type.Number({ description: 'What it is paid, 1 being an RTX 4090; null where it is not' }),
  ),
  memoryBytes: Type.Integer({ description: '0 where the class has no certain size' }),
  memory: Nullable(
    Type.Object({
      bandwidthGBps: Type.Number(),
      lowGBps: Type.Number({ description: 'Below it is not this memory' }),
      basis: Basis,
      source: Type.String(),
    }),
  ),
  engines: Type.Array(EngineFigures),
});

/** What the fleet taught, and since when it holds. */
const Learned = Nullable(
  Type.Object({
    epoch: Type.Integer({ description: 'UTC hour, counted from 1970' }),
    from: Type.String({ format: 'date-time', description: 'Begin of that hour' }),
    figures: Type.Integer({ description: 'Classes and engines that have a figure by it' }),
    fact: Type.String({ description: 'Id of the fact that froze them' }),
  }),
);

const ClassesDocument = Type.Object({
  /** What holds now, and what is frozen for the next hour. */
  learned: Type.Object({ now: Learned, next: Learned }),
  classes: Type.Array(ClassDocument),
});
type ClassesDocument = Static<typeof ClassesDocument>;

export interface ClassRoutesParts {
  readonly catalogue: Pick<LiveCatalogue, 'classes' | 'learned' | 'latest'>;
  readonly units: Units;
}

/** By what cards are judged, and where each figure comes from. */
export function classRoutes(app: FastifyInstance, { catalogue, units }: ClassRoutesParts): void {
  app.get(
    '/v1/classes',
    {
      config: { access: ['public'] },
      schema: {
        operationId: 'listClasses',
        summary: 'Classes that cards are judged by, and where their figures come from',
        response: { 200: ClassesDocument, ...problems },
      },
    },
    async (): Promise<ClassesDocument> => {
      const { learned, latest } = catalogue;
      return {
        learned: { now: learnedOf(learned), next: latest === learned ? null : learnedOf(latest) },
        classes: catalogue.classes.map((one) => classOf(one, units)),
      };
    },
  );
}

function classOf(one: CardClass, units: Units): ClassesDocument['classes'][number] {
  const { id, kind, models, eligible, memoryBytes, memory, expectations } = one;
  return {
    id,
    kind,
    members: [...models],
    eligible,
    floorUnits: floorUnits(one, units),
    memoryBytes,
    memory: memory && {
      bandwidthGBps: memory.bandwidthGBps,
      lowGBps: memory.lowGBps,
      basis: memory.basis,
      source: memory.source,
    },
    engines: Object.entries(expectations).map(([engine, { gflops, lowGflops, basis, source }]) => ({
      engine,
      gflops,
      lowGflops,
      basis,
      source,
    })),
  };
}

function learnedOf(fact: CatalogueLearnedFact | null): Static<typeof Learned> {
  if (fact === null) return null;
  const { id, epoch, figures } = fact;
  return { epoch, from: timeOf(beginOf(epoch)), figures: figures.length, fact: id };
}
