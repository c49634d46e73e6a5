import { createHash } from 'node:crypto';
import { networkFromSeed } from '../../pages/network.js';
import { referenceDigests, referencePages } from '../../pages/reference.js';
import { startsOfPages, startVectors } from '../../pages/start.js';
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

/** Enough pages to fill a processor's vectors and leave a rest. */
const triedPages = 24;
const triedLayers = 4;

/**
 * Whether a graph's arithmetic gives the bits of the plain loops on a random network. An engine that saturates or rounds
 * is wrong in thousands of places at once.
 */
export async function isExact(options: OnnxOptions, graph: Omit<PageGraph, 'layers'>): Promise<boolean> {
  const { n, start, output } = graph;
  const seed = createHash('sha256').update('arithmetic').digest();
  const network = networkFromSeed(seed, n, triedLayers);
  const vectors = startVectors(seed, n, triedPages);
  const starts = startsOfPages(vectors, n, 0, triedPages);
  const reference = output === 'pages' ? referencePages : referenceDigests;
  let session: PageSession | undefined;
  try {
    session = await PageSession.create(options, { ...graph, layers: triedLayers }, { quietly: true });
    session.load(network);
    const got = await session[output](start === 'grid' ? vectors : { starts });
    return [0, triedPages - 1].every((page) => {
      const expected = reference(network, starts.subarray(page * n, (page + 1) * n), 1);
      return expected.every((value, i) => value === got[page * expected.length + i]);
    });
  } catch {
    return false;
  } finally {
    await session?.close();
  }
}
