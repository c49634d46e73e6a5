/** A card's name taken apart, so that drivers' ways of writing one model come out equal. */
export interface CardName {
  /** What tells models apart, in order: `rtx 4060 ti`, `a100 sxm4`. */
  readonly words: string;
  /** The memory that the name itself states, as in `A100-SXM4-80GB`. */
  readonly memoryGB: number | null;
}

/** Words that vendors add or leave out without meaning another card. `laptop`, `max-q`, `sff`, `mig` and `d` do. */
const idle = new Set(
  'nvidia geforce tesla amd radeon instinct apple ati corporation inc gpu graphics generation edition'.split(
    ' ',
  ),
);

/**
 * Takes a name apart: `NVIDIA GeForce RTX 4060 Ti` → `rtx 4060 ti`; `NVIDIA A100-SXM4-80GB` → `a100 sxm4` with 80 GB;
 * `NVIDIA H100 80GB HBM3` → `h100 hbm3` with 80 GB. What stands in brackets is a remark.
 */
export function readName(name: string): CardName {
  const words = name
    .toLowerCase()
    .replace(/\([^)]*\)/g, ' ')
    .replace(/(\d)\s+gb\b/g, '$1gb')
    .split(/[\s\-_/,]+/)
    .filter((word) => word !== '' && !idle.has(word));
  const sizes = words.map((word) => /^(\d+)gb$/.exec(word)?.[1]).filter((size) => size !== undefined);
  return {
    words: words.filter((word) => !/^\d+gb$/.test(word)).join(' '),
    memoryGB: sizes.length === 1 ? Number(sizes[0]) : null,
  };
}
