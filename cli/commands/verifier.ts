import { type Command, InvalidArgumentError, Option } from 'commander';
import { dataOption, httpUrl } from '../options.js';
import { formatError } from '../output.js';

interface Flags {
  readonly host: string;
  readonly port: number;
  readonly data: string;
  readonly clickhouse?: URL;
  readonly redis?: URL;
  readonly catalogue?: string;
  readonly units?: string;
  readonly attestationRoot: string[];
  readonly learnCards: number;
  readonly publicHost: string[];
  readonly proxies: number;
  readonly shared?: string;
  readonly memberUrl?: URL;
  readonly clickhouseCluster?: string;
  readonly drainSeconds: number;
  readonly corsOrigin: string[];
  readonly privateWebhooks: boolean;
  readonly requestsPerMinute: number;
  readonly enrolmentsPerHour: number;
  readonly connectionsPerAddress: number;
  readonly sweepMinutes: number;
  readonly sweepCards: number;
  readonly fleetSweepHours: number;
  readonly fleetWindowCards: number;
  readonly oldestAgent?: string;
  readonly cohortSeconds: number;
  readonly examSeconds: number;
  readonly probeSeconds: number;
  readonly leaseProbeSeconds: number;
  readonly leaseRestSeconds: number;
  readonly beacon?: URL;
  readonly logLevel: (typeof logLevels)[number];
}

const logLevels = ['silent', 'error', 'warn', 'info', 'debug'] as const;

/** `touchstone verifier`: runs the service until it is told to stop. */
export function registerVerifier(program: Command): void {
  program
    .command('verifier')
    .description('Run a verifier; embedded ClickHouse and hot state in memory unless told otherwise.')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <number>', 'port to listen on; 0 takes a free one', wholeNumber, 8440)
    .addOption(dataOption())
    .option(
      '--clickhouse <url>',
      'ClickHouse server or cluster (CLICKHOUSE_USER, CLICKHOUSE_PASSWORD)',
      httpUrl,
    )
    .option('--clickhouse-cluster <name>', 'cluster of replicas on which the schema is made')
    .option(
      '--redis <url>',
      'Redis 7 that several verifiers share: one alone keeps its hot state in memory',
      redisUrl,
    )
    .option(
      '--shared <dir>',
      'secrets and API keys, the same for all verifiers of a Redis; --data where absent',
    )
    .option('--member-url <url>', 'where the other verifiers reach this one', httpUrl)
    .option('--catalogue <file>', 'card classes and their figures as JSON, instead of the published ones')
    .option('--units <file>', 'what models are paid as JSON, instead of the published prices')
    .option(
      '--attestation-root <file...>',
      "vendors' root certificates (PEM) that attestations may lead to; none are taken without",
      files,
      [],
    )
    .option(
      '--learn-cards <count>',
      'distinct GPUs that figures learned from the fleet need; 0 learns nothing',
      wholeNumber,
      30,
    )
    .option('--public-host <name...>', 'host[:port] under which agents reach it from elsewhere', hosts, [])
    .option('--proxies <number>', 'proxies in front whose X-Forwarded-For is believed', wholeNumber, 0)
    .option(
      '--cors-origin <origin...>',
      'pages of other origins that may ask, such as https://example.org',
      origins,
      [],
    )
    .option('--private-webhooks', 'webhooks may go by http and to addresses within this network', false)
    .option('--requests-per-minute <count>', 'requests of one address', positive, 600)
    .option('--enrolments-per-hour <count>', 'enrolments of one address', positive, 2_000)
    .option('--connections-per-address <count>', 'living connections of one address', positive, 2_000)
    .option('--drain-seconds <seconds>', 'how long running exams may end when it stops', notNegative, 20)
    .option('--sweep-minutes <minutes>', 'mean time between random sweeps; 0 for none', notNegative, 60)
    .option('--sweep-cards <count>', 'cards of a random sweep', count, 2_000)
    .option(
      '--fleet-sweep-hours <hours>',
      'time between sweeps of the whole fleet; 0 for none',
      notNegative,
      24,
    )
    .option('--fleet-window-cards <count>', 'cards of one window of such a sweep', count, 2_000)
    .option(
      '--oldest-agent <version>',
      'agents that are older are taken until the next-but-one hour begins',
      version,
    )
    .option('--cohort-seconds <seconds>', 'how long waiting devices are gathered', positive, 5)
    .option('--exam-seconds <seconds>', 'time of the compute part on a usual card, 1 to 4', examSeconds, 2)
    .option('--probe-seconds <seconds>', 'mean time between the probes of a card', positive, 600)
    .option('--lease-probe-seconds <seconds>', 'the same while it is leased', positive, 180)
    .option(
      '--lease-rest-seconds <seconds>',
      "a leased card's rest before each probe of its baseline",
      positive,
      20,
    )
    .option(
      '--beacon <url>',
      'Solana RPC whose latest block hash goes into the seeds of sweeps and leases',
      httpUrl,
    )
    .addOption(new Option('--log-level <level>', 'what is logged').choices(logLevels).default('info'))
    .action(run);
}

async function run(flags: Flags, command: Command): Promise<void> {
  if (flags.clickhouse === undefined) {
    if (flags.clickhouseCluster !== undefined)
      command.error("error: option '--clickhouse-cluster' is of the server that '--clickhouse' names");
    // Two of them would share exams and have a record each.
    if (flags.redis !== undefined)
      command.error("error: verifiers that share '--redis' share a record: name it by '--clickhouse'");
  }
  const { startVerifier } = await import('../../verifier/main.js');
  const { defaultOptions } = await import('../../verifier/options.js');
  const { loadCatalogue } = await import('../../scoring/catalogue/read-catalogue.js');
  const { readCatalogueFile } = await import('../../scoring/catalogue/catalogue-file.js');
  const { assertModelsKnown, loadUnits, readUnitsFile } = await import(
    '../../scoring/catalogue/read-units.js'
  );
  const catalogue = flags.catalogue === undefined ? loadCatalogue() : readCatalogueFile(flags.catalogue);
  const units = flags.units === undefined ? loadUnits() : readUnitsFile(flags.units);
  if (flags.units !== undefined) assertModelsKnown(units, catalogue, flags.units);
  const options = {
    ...defaultOptions,
    host: flags.host,
    port: flags.port,
    dataDir: flags.data,
    clickhouse: flags.clickhouse === undefined ? null : server(flags.clickhouse, flags.clickhouseCluster),
    redisUrl: flags.redis?.href ?? null,
    sharedDir: flags.shared ?? null,
    memberUrl: flags.memberUrl?.href ?? null,
    corsOrigins: flags.corsOrigin,
    privateWebhooks: flags.privateWebhooks,
    requestsPerMinute: flags.requestsPerMinute,
    enrolmentsPerHour: flags.enrolmentsPerHour,
    connectionsPerAddress: flags.connectionsPerAddress,
    drainMs: flags.drainSeconds * 1000,
    sweepEveryMs: flags.sweepMinutes * 60_000,
    sweepCards: flags.sweepCards,
    fleetEveryMs: flags.fleetSweepHours * 3600_000,
    fleetWindowCards: flags.fleetWindowCards,
    oldestAgent: flags.oldestAgent ?? null,
    catalogue,
    units,
    attestationRoots: flags.attestationRoot,
    learnCards: flags.learnCards,
    publicHosts: flags.publicHost,
    proxies: flags.proxies,
    cohortMs: flags.cohortSeconds * 1000,
    examSeconds: flags.examSeconds,
    probeMeanMs: flags.probeSeconds * 1000,
    leaseProbeMeanMs: flags.leaseProbeSeconds * 1000,
    leaseRestMs: flags.leaseRestSeconds * 1000,
    beaconRpc: flags.beacon?.href ?? null,
    logLevel: flags.logLevel,
  };
  // What had been opened before it failed would keep the process alive.
  const verifier = await startVerifier(options).catch((error: unknown) => {
    process.stderr.write(formatError(error));
    process.exit(1);
  });
  // One line that a program can read, before the log lines of work.
  process.stdout.write(`${JSON.stringify({ listening: verifier.url })}\n`);
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(1);
    stopping = true;
    verifier.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function server({ href: url }: URL, cluster?: string) {
  const { CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password } = process.env;
  return {
    url,
    ...(cluster !== undefined && { cluster }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError('Not a whole number from 0 to 65535.');
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('Not a whole number from 1 on.');
  return value;
}

function redisUrl(text: string): URL {
  if (URL.canParse(text) && /^rediss?:$/.test(new URL(text).protocol)) return new URL(text);
  throw new InvalidArgumentError('It must be an address such as redis://127.0.0.1:6379/0.');
}

/** As it stands in what agents sign: the name alone, as the WHATWG URL standard writes it. */
function hosts(text: string, before: readonly string[]): string[] {
  const url = `http://${text}`;
  if (!URL.canParse(url) || new URL(url).host !== text)
    throw new InvalidArgumentError('It must be HOST or HOST:PORT, as in the address that suppliers use.');
  return [...before, text];
}

const files = (path: string, before: readonly string[]): string[] => [...before, path];

function origins(text: string, before: readonly string[]): string[] {
  if (!URL.canParse(text) || new URL(text).origin !== text)
    throw new InvalidArgumentError('It must be an origin without a path, such as https://example.org.');
  return [...before, text];
}

function version(text: string): string {
  if (/^\d+\.\d+\.\d+$/.test(text)) return text;
  throw new InvalidArgumentError('It must be a version such as 1.2.0.');
}

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('Not a positive number.');
  return value;
}

function notNegative(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new InvalidArgumentError('Negative, or no number.');
  return value;
}

/** The load budget of a card and the 1 to 5 s of an exam are counted for no more. */
function examSeconds(text: string): number {
  const value = positive(text);
  if (value < 1 || value > 4) throw new InvalidArgumentError('Not within 1 to 4 seconds.');
  return value;
}
