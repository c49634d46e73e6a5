import { createHash } from 'node:crypto';
import { limits } from '../../../protocol/limits.js';
import { networkFromSeed, type PageNetwork } from '../../pages/network.js';
import { referenceDigests, referencePages } from '../../pages/reference.js';
import { type StartVectors, startsOfPages, startVectors } from '../../pages/start.js';
import type { ArithmeticName } from './arithmetic.js';
import type { OnnxProvider } from './providers.js';
import { type OnnxOptions, type PageGraph, PageSession } from './session.js';

/**
 * The arithmetic for each provider, fastest first as `npm run bench:engines` measured it, and last the one that asks for
 * nothing special.
 *
 * The CPU provider has integer products several times as fast as fp32, but on x86 processors without VNNI they saturate
 * in between and are wrong. On WebGPU the casts save two kernels a layer; it has no integer product. Where nobody has
 * measured (CUDA, DirectML, CoreML), the casts go first too: fewer kernels, the same product.
 */
export function arithmeticsFor(provider: OnnxProvider, start: PageGraph['start']): readonly ArithmeticName[] {
  if (provider !== 'cpu') return ['float-casts', 'float-floors'];
  return start === 'grid'
    ? ['int8-rows', 'float-casts', 'float-floors']
    : ['int8-columns', 'float-columns', 'float-floors'];
}

/** A session with the fastest arithmetic that is exact on this machine. */
export async function openPageSession(
  options: OnnxOptions,
  graph: Omit<PageGraph, 'arithmetic'>,
): Promise<PageSession> {
  return PageSession.create(options, { ...graph, arithmetic: await exactArithmetic(options, graph) });
}

/** What was found exact, for as long as this process lives. */
const found = new Map<string, Promise<ArithmeticName>>();

function exactArithmetic(
  options: OnnxOptions,
  { n, start, output }: Omit<PageGraph, 'arithmetic'>,
): Promise<ArithmeticName> {
  const key = `${options.provider} ${n} ${start} ${output}`;
  const known =
    found.get(key) ??
    firstExact(arithmeticsFor(options.provider, start), (arithmetic) =>
      isExact(options, { n, start, output, arithmetic }),
    );
  found.set(key, known);
  return known;
}

/** The first name that passes; the last one is not tried, there being nothing else. */
export async function firstExact<Name>(
  names: readonly Name[],
  passes: (name: Name) => Promise<boolean>,
): Promise<Name> {
  for (const name of names.slice(0, -1)) if (await passes(name)) return name;
  return names.at(-1) as Name;
}

/**
 * Pages that a form is tried with: one alone, some that fill a processor's vectors and leave a rest, as many as are ever
 * opened at once. A runtime has other kernels for each.
 */
const triedCounts = [1, 24, limits.openings];
const triedLayers = 4;

/**
 * Whether a graph's arithmetic gives the bits of the plain loops on a random network. An engine that saturates or rounds
 * is wrong in thousands of places at once, so the ends of each trial are enough.
 */
export async function isExact(options: OnnxOptions, graph: Omit<PageGraph, 'layers'>): Promise<boolean> {
  const { n } = graph;
  const seed = createHash('sha256').update('arithmetic').digest();
  const network = networkFromSeed(seed, n, triedLayers);
  let session: PageSession | undefined;
  try {
    session = await PageSession.create(options, { ...graph, layers: triedLayers }, { quietly: true });
    session.load(network);
    for (const count of triedCounts)
      if (!(await isRight(session, graph, network, startVectors(seed, n, count), count))) return false;
    return true;
  } catch {
    return false;
  } finally {
    await session?.close();
  }
}

async function isRight(
  session: PageSession,
  { n, start, output }: Omit<PageGraph, 'layers'>,
  network: PageNetwork,
  vectors: StartVectors,
  count: number,
): Promise<boolean> {
  const starts = startsOfPages(vectors, n, 0, count);
  const reference = output === 'pages' ? referencePages : referenceDigests;
  const got = await session[output](start === 'grid' ? vectors : { starts });
  return [0, count - 1].every((page) => {
    const expected = reference(network, starts.subarray(page * n, (page + 1) * n), 1);
    return expected.every((value, i) => value === got[page * expected.length + i]);
  });
}
