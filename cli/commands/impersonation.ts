import type { Command } from 'commander';
import type { ImpersonationBasis, ImpersonationMatrix, Pair } from '../../scoring/catalogue/impersonation.js';

interface Options {
  readonly json: boolean;
  readonly units?: string;
  readonly catalogue?: string;
}

/** `touchstone impersonation`: as how many cards could one pass, and would it pay. Exit 0 whatever comes out. */
export function registerImpersonation(program: Command): void {
  program
    .command('impersonation')
    .description(
      'For which pairs (A, B) could one card A pass as two or more Bs at the same instant, and would it pay.',
    )
    .option('--units <file>', 'what models are paid, in the form of scoring/catalogue/units.json')
    .option('--catalogue <file>', 'classes of your own in place of the published ones')
    .option('--json', 'print all of it as one JSON document', false)
    .action(async (options: Options) => {
      const matrix = await matrixOf(options);
      const { gain } = await import('../../scoring/catalogue/impersonation.js');
      const text = options.json ? JSON.stringify(matrix, null, 2) : lines(matrix, gain).join('\n');
      process.stdout.write(`${text}\n`);
    });
}

async function matrixOf({ units, catalogue }: Options): Promise<ImpersonationMatrix> {
  const { classesAsImpersonators, impersonationMatrix, impersonators } = await import(
    '../../scoring/catalogue/impersonation.js'
  );
  const { loadUnits, readUnitsFile } = await import('../../scoring/catalogue/read-units.js');
  const prices = units === undefined ? loadUnits() : readUnitsFile(units);
  if (catalogue === undefined) {
    const { loadCatalogue, loadCatalogueData } = await import('../../scoring/catalogue/read-catalogue.js');
    return impersonationMatrix(impersonators(loadCatalogueData()), loadCatalogue(), prices);
  }
  const { readCatalogueFile } = await import('../../scoring/catalogue/catalogue-file.js');
  const own = readCatalogueFile(catalogue);
  return impersonationMatrix(classesAsImpersonators(own), own, prices);
}

type Gain = (pair: Pair, basis: ImpersonationBasis) => number;

function lines(matrix: ImpersonationMatrix, gain: Gain): string[] {
  const { cards, classes, unpaid } = matrix;
  return [
    `${cards} models that are paid, as any of ${classes} classes. Not paid: ${unpaid.join(', ') || 'none'}.`,
    ...basisLines(matrix, 'paper', 'published figures, honest cards differing by 22 %', gain),
    ...basisLines(matrix, 'issued', 'what exams demand today, against any program', gain),
  ];
}

function basisLines(
  { summary, pays, dearer }: ImpersonationMatrix,
  basis: ImpersonationBasis,
  title: string,
  gain: Gain,
): string[] {
  const { compute, bandwidth, memory, all, ownEngines } = summary[basis];
  return [
    '',
    `${basis}: ${title}`,
    `  pairs where it pays to be two or more, if an exam measured only compute: ${compute}; only bandwidth: ${bandwidth}; only memory: ${memory}`,
    `  all three at the same instant: ${all}; of these without better kernels than the public engines': ${ownEngines}`,
    `  pairs where one card passes as one that is paid more: ${dearer[basis].length}`,
    ...pays[basis].map((pair) => `    ${pairLine(pair, basis, gain)}`),
  ];
}

function pairLine(pair: Pair, basis: ImpersonationBasis, gain: Gain): string {
  const { card, as, units, counts } = pair;
  const count = counts[basis].all ?? 'any number of';
  return `${card} as ${count} ${as}: ${units.as} each for ${units.card}, ${gain(pair, basis).toFixed(2)} times its pay`;
}
