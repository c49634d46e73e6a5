import { type ArithmeticName, arithmetics } from './arithmetic.js';
import { type ElementType, GraphWriter } from './writer.js';

/**
 * Which form the graph takes.
 * - `start`: `grid` reads a round's two sets of start vectors (`left` `1 × L × n`, `right` `R × 1 × n`, int8) and
 *   computes all `R · L` pages; `pages` reads the start vectors themselves (`starts`, `P × n` of the arithmetic's page type).
 * - `output`: `digests` (`P × 4` int32), or the `pages` themselves (`P × n` of the page type).
 * - `matrixType`: the element type of the inputs `matrix0 … matrix3`.
 */
export interface GraphForm {
  readonly n: number;
  readonly layers: number;
  readonly start: 'grid' | 'pages';
  readonly output: 'digests' | 'pages';
  readonly arithmetic: ArithmeticName;
  readonly matrixType: ElementType;
}

/**
 * The page network of docs/protocol.md section 1 as an ONNX model, protobuf bytes. The network itself is an input, so one
 * session serves every seed. Inputs besides those of `GraphForm`: `bias` `layers × n` and, for digests, `digest` `4 × n`,
 * int8. One output, named as in `GraphForm`.
 */
export function pageModel({ n, layers, start, output, arithmetic, matrixType }: GraphForm): Uint8Array {
  const graph = new GraphWriter();
  const how = arithmetics[arithmetic];
  // A graph of fewer layers than matrices must not ask for what it does not use.
  const matrices = Array.from({ length: Math.min(4, layers) }, (_, m) =>
    how.matrix(graph, graph.input(`matrix${m}`, matrixType, [n, n]), matrixType),
  );
  const biases = how.biases(graph, graph.input('bias', 'int8', [layers, n]), layers, n);

  let x =
    start === 'grid'
      ? how.grid(
          graph,
          graph.input('left', 'int8', [1, 'L', n]),
          graph.input('right', 'int8', ['R', 1, n]),
          n,
        )
      : how.enter(graph, graph.input('starts', how.pageType, ['P', n]));
  biases.forEach((bias, layer) => {
    x = how.layer(graph, x, matrices[layer % 4] as string, bias);
  });
  if (output === 'pages') {
    graph.output('pages', how.pageType, ['P', n], how.pages(graph, x));
  } else {
    const digest = graph.input('digest', 'int8', [4, n]);
    graph.output('digests', 'int32', ['P', 4], how.digests(graph, x, digest));
  }
  return graph.encode();
}
