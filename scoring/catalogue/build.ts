import { type CardClass, type Catalogue, type Expectation, unlistedId } from './catalogue.js';
import { memoryFigures, type TensorData } from './memory-figures.js';
import type { ModelFigures } from './model-figures.js';

export interface CatalogueData {
  readonly models: readonly ModelFigures[];
  readonly measured: readonly { readonly model: string; readonly fp32MeasuredTFLOPS: number }[];
  /** Models that are one class, because no exam tells them apart: `partition` says which have to be. */
  readonly together: readonly {
    readonly id: string;
    readonly models: readonly string[];
    readonly why?: string;
  }[];
  /** Models that nobody has measured, and that reach the share of their peak that another one was measured at. */
  readonly sameShare: readonly { readonly model: string; readonly as: string }[];
  readonly names: readonly { readonly model: string; readonly also: readonly string[] }[];
  readonly tensor: TensorData;
}

/** Honest cards of one model differ by at most this much (models.json). */
export const spread = 0.22;
/** Lowest share of the data sheet's fp32 peak that was publicly measured (measured.json: L4, L40, RTX 6000 Ada). */
const lowestShareOfPeak = 0.29;
/** For engines that nobody has measured on a class: a tenth of that. Ignorance of ours must fail nobody. */
const unmeasuredShareOfPeak = 0.03;
/**
 * No card computes exact int8 products faster than this many times its fp32 peak. Tensor units run far above fp32: 8
 * times on Ada, 30 on an H200, 32 on an A100, 60 on a B200 (4,500 dense int8 TOPS to 74.4). The rest is for clocks above
 * the data sheet's and for fast matrix algorithms. Beyond it is quarantine, so it must be certain.
 */
export const tensorOverFp32 = 80;

const percent = (share: number): number => Math.round(share * 100);

/**
 * Memory traffic of ONNX Runtime's page layer in its plainest form, in bytes per value: a product, then six element-wise
 * nodes that each read and write fp32. Where casts do (challenges/engines/onnx/forms.ts) it is little more than half, but
 * nobody has seen that on CUDA, and a floor must hold for the slower. With n = 1024 a layer has 2 · 1024 operations per value, so traffic limits it to
 * 2048 / 60 operations a byte of bandwidth: less than the bare product on many cards.
 */
const bytesPerValue = 60;
const operationsPerValue = 2 * 1024;

/** Makes classes of published figures. Pure: the same data give the same catalogue. */
export function buildCatalogue(data: CatalogueData): Catalogue {
  const grouped = new Set(data.together.flatMap(({ models }) => models));
  const alone = data.models
    .filter(({ model }) => !grouped.has(model))
    .map(({ model }) => [slug(model), [model]] as const);
  const together = data.together.map(({ id, models }) => [id, models] as const);
  const gpus = [...together, ...alone].map(([id, models]) => gpuClass(id, models, data));
  const fastest = Math.max(...data.models.map(({ fp32TFLOPS }) => fp32TFLOPS * 1000));
  return { classes: [...gpus, unlisted(fastest * tensorOverFp32), cpu, software] };
}

function gpuClass(id: string, names: readonly string[], data: CatalogueData): CardClass {
  const models = data.models.filter(({ model }) => names.includes(model));
  const peak = Math.min(...models.map(({ fp32TFLOPS }) => fp32TFLOPS * 1000));
  const ceiling = Math.max(...models.map(({ fp32TFLOPS }) => fp32TFLOPS * 1000)) * tensorOverFp32;
  return {
    id,
    kind: 'gpu',
    models: names.flatMap((name) => [name, ...(data.names.find(({ model }) => model === name)?.also ?? [])]),
    memoryBytes: Math.min(...models.map(({ memoryGB }) => memoryGB ?? 0)) * 2 ** 30,
    peakFp32Gflops: peak,
    memory: memoryFigures(models, data.tensor),
    eligible: true,
    ...slowestShare(models, data),
    ...former(id, names),
    ...chips(models),
    expectations: {
      ...(models.every(({ vendor }) => vendor === 'nvidia') && {
        'onnx-cuda': onnxCuda(models, ceiling, data),
      }),
      '*': {
        ...rates(unmeasuredShareOfPeak * peak, 0, ceiling),
        basis: 'prior',
        source: `${percent(unmeasuredShareOfPeak)} % of the published fp32 peak: no one has measured this engine on it yet`,
      },
    },
  };
}

/** Members' own ids, from before they were members. */
function former(id: string, names: readonly string[]): Pick<CardClass, 'formerIds'> {
  const ids = names.map(slug).filter((one) => one !== id);
  return ids.length === 0 ? {} : { formerIds: ids };
}

/**
 * By peaks, and by what the exam would measure: the lower. Where only one of two was measured, the other may be far slower, and
 * nobody knows. Nothing where there is one model.
 */
function slowestShare(models: readonly ModelFigures[], data: CatalogueData): Pick<CardClass, 'slowestShare'> {
  const peaks = models.map(({ fp32TFLOPS }) => fp32TFLOPS);
  const exams = models.map((one) => withTraffic(productOf(one, data).gflops, one.bandwidthGBps));
  const shares = [peaks, exams].map((rates) => Math.min(...rates) / Math.max(...rates));
  return models.length < 2 ? {} : { slowestShare: Math.min(...shares) };
}

/** Nothing where one of the dies is not known: that a certificate names another would then say nothing. */
function chips(models: readonly ModelFigures[]): Pick<CardClass, 'chips'> {
  const dies = models.map(({ die }) => die).filter((die) => die !== undefined);
  return dies.length < models.length ? {} : { chips: [...new Set(dies)] };
}

/** The slowest of the class's models; measured only where every one of them was. */
function onnxCuda(models: readonly ModelFigures[], ceiling: number, data: CatalogueData): Expectation {
  const products = models.map((figures) => productOf(figures, data));
  const exam = products.map(({ gflops }, at) => withTraffic(gflops, models[at]?.bandwidthGBps ?? 0));
  const wasMeasured = products.every(({ as }) => as === 'measured');
  const ways = [...new Set(products.map(({ as }) => productSources[as]))];
  return {
    ...rates(Math.min(...exam), spread, ceiling),
    basis: wasMeasured ? 'measured' : 'published-peak',
    source: `${ways.join(' or ')}, less the memory traffic of the page layers`,
  };
}

const productSources = {
  measured: 'fp32 matrix rate that a public network measured',
  share: 'the share of its published fp32 peak at which a model of the same die was measured',
  peak: `${percent(lowestShareOfPeak)} % of the published fp32 peak`,
} as const;

interface Product {
  readonly gflops: number;
  readonly as: keyof typeof productSources;
}

/** Rate of a model's fp32 matrix product, GFLOP/s. */
function productOf(
  { model, fp32TFLOPS }: ModelFigures,
  { models, measured, sameShare }: CatalogueData,
): Product {
  const own = measured.find((one) => one.model === model);
  if (own !== undefined) return { gflops: own.fp32MeasuredTFLOPS * 1000, as: 'measured' };
  const twin = sameShare.find((one) => one.model === model)?.as;
  const peak = models.find((one) => one.model === twin)?.fp32TFLOPS;
  const rate = measured.find((one) => one.model === twin)?.fp32MeasuredTFLOPS;
  if (peak !== undefined && rate !== undefined)
    return { gflops: (rate / peak) * fp32TFLOPS * 1000, as: 'share' };
  return { gflops: lowestShareOfPeak * fp32TFLOPS * 1000, as: 'peak' };
}

/** Rate of a layer whose product runs at `product` GFLOP/s and whose element-wise nodes run at memory speed after it. */
function withTraffic(product: number, bandwidthGBps: number): number {
  const traffic = (operationsPerValue / bytesPerValue) * bandwidthGBps;
  return 1 / (1 / product + 1 / traffic);
}

const rates = (gflops: number, below: number, ceilingGflops: number) => ({
  gflops,
  lowGflops: gflops * (1 - below),
  ceilingGflops,
});

function withoutFigures(
  id: string,
  kind: CardClass['kind'],
  gflops: number,
  ceiling: number,
  source: string,
): CardClass {
  const expectations = { '*': { ...rates(gflops, 0, ceiling), basis: 'prior', source } } as const;
  return {
    id,
    kind,
    models: [],
    memoryBytes: 0,
    peakFp32Gflops: null,
    memory: null,
    // No class without real figures earns: what any machine reaches, one machine reaches many times over.
    eligible: false,
    expectations,
  };
}

/**
 * 2,000 TFLOP/s is above two sockets of 128 cores with AMX, whose int8 units do over 1,000. A CPU is worth so little that
 * a tighter bound would catch nobody, and one of 20 TFLOP/s would convict a big server's plain fp32.
 */
const hostCeiling = 2_000_000;
const cpu = withoutFigures('cpu', 'cpu', 1, hostCeiling, 'any computer of this century reaches 1 GFLOP/s');
const software = withoutFigures(
  'software',
  'software',
  0.05,
  hostCeiling,
  'a software Vulkan device on two busy cores',
);
const unlisted = (ceiling: number): CardClass =>
  withoutFigures(unlistedId, 'gpu', 1, ceiling, 'not in the catalogue: examined by measurement');

/** `RTX 3060 12GB` → `rtx-3060-12gb`; what stands in brackets is a remark. */
function slug(model: string): string {
  return model
    .replace(/\(.*?\)/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
