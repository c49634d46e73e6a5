/** A limit on everything that a stranger can send. Each is well above what an honest device needs. */
export const limits = {
  /** Cards in one machine. Sixteen GPUs and a CPU fit three times. */
  cards: 64,
  /** Characters of a device's name. */
  nameLength: 64,
  /** Characters of a free-text claim such as a model name or a driver version. */
  textLength: 128,
  /** Identifying values of one machine: sixteen GPUs have three each, and a host has disks and network cards. */
  components: 512,
  /** Bytes of an HTTP request body. */
  bodyBytes: 64 * 1024,
  /** Bytes of all headers of a request, with its first line. */
  headerBytes: 16 * 1024,
  /** Headers of a request. */
  headers: 64,
  /** Characters of the path and query of a request. */
  urlLength: 4096,
  /** Parameters of a query. */
  queryParams: 32,
  /** Characters of one parameter within a path: the longest is a device id. */
  paramLength: 100,
  /** Open sockets of one verifier, of agents and of all others. */
  connections: 25_000,
  /** Messages of a connection that may be refused at once; then one a second. Of an exam of 64 cards each may be late with one. */
  refusals: 128,
  /** Bytes of one WebSocket frame: 32 revealed leaves with their paths take 64 KiB at most. */
  frameBytes: 128 * 1024,
  /** Messages that one connection may send in a second. An exam of 64 cards has 6 a card, over minutes. */
  messagesPerSecond: 200,
  /** Bytes that one connection may send in a second beside what was asked of it: reading JSON stops everything else. */
  bytesPerSecond: 128 * 1024,
  /** Levels of lists and objects in a message; an honest one has four. */
  messageDepth: 6,
  /** Rounds of a compute exam, or of a walk. */
  rounds: 256,
  /** Pages in one round: 16 MiB of digests, in a tree of 2^14 leaves. */
  pages: 1 << 20,
  /** Layers of the page network: a ballast table is small and takes long to make. */
  layers: 16_384,
  /** Banks of a table: 1,024 of 256 MiB are more than any card has. */
  banks: 1024,
  /** Pages of one bank: a power of two, 2^24 pages of 256 bytes are 4 GiB. */
  bankPages: 1 << 24,
  /** Walkers in one round: 16 MiB of results, in a tree of 2^14 leaves. */
  walkers: 1 << 22,
  /** Pages that one walker reads in a round: the verifier computes each of them again. */
  steps: 256,
  /** Longest that a card is given to build its table, milliseconds; the others of its cohort hold theirs meanwhile. */
  buildMs: 15 * 60_000,
  /** Bytes of one network transfer, each way. */
  transferBytes: 8 * 1024 * 1024,
  /** Bytes of one binary frame of a transfer. */
  transferFrameBytes: 64 * 1024,
  /** Bytes that the frames of an upload hold on average at least: more frames than that are refused. */
  transferFrameBytesAtLeast: 1024,
  /** Pages or walkers opened of one commit: with the longest paths a reveal of them is just below 64 KiB. */
  openings: 32,
  /** Length of a Merkle path: a tree of 2^14 leaves. */
  pathLength: 14,
  /** Walkers opened of one probe, or of one card's links of an offline chain. */
  probeOpenings: 8,
  /** Links of an offline chain: a day of links of a minute. The roots of one card over all of them are 46 KB. */
  links: 1440,
  /** Squarings of one link: some hours of the fastest program there is. */
  squarings: 2 ** 40,
  /** Characters of a chain's token: 64 cards at some 100 each, in base64. */
  chainToken: 16 * 1024,
  /** Characters of a marketplace's own name for a lease. */
  referenceLength: 64,
} as const;
