// Which folder may import which: arrows go down only. `npm run imports` checks it, and that every module was seen.

/** What each folder may import, besides itself. Nobody imports test/, bench/, scripts/ or dist/. */
const arrows = {
  protocol: [],
  challenges: ['protocol'],
  scoring: ['protocol'],
  verifier: ['scoring', 'challenges', 'protocol'],
  agent: ['challenges', 'protocol'],
  witness: ['agent', 'scoring', 'protocol'],
  simulator: ['agent', 'challenges', 'scoring', 'protocol'],
  demo: ['simulator', 'agent', 'verifier', 'scoring', 'challenges', 'protocol'],
  cli: ['demo', 'simulator', 'witness', 'agent', 'verifier', 'scoring', 'challenges', 'protocol'],
};

const packages = 'node_modules/';

/** Tests and what helps them may reach sideways within the rules of `arrows`, but are not held to purity. */
const testCode = ['\\.test\\.ts$', '/testing/'];

/** Pure code: clock, randomness and bytes come in as arguments, so that the same call gives the same answer. */
const pureCode = [
  '^protocol/',
  '^challenges/(?!engines/)',
  '^scoring/(formula|judge|catalogue|receipt|hardware)(/|\\.|-)',
];

/** The few pure files that read data lying beside them. */
const dataReaders = [
  '^scoring/catalogue/(read-[a-z]+|catalogue-file)\\.ts$',
  '^scoring/hardware/read-[a-z]+\\.ts$',
  '^challenges/vectors/files\\.ts$',
];

/** Packages and Node modules that pure code may use: they compute and do nothing else. */
const purePackages = '^node_modules/(@types/|typebox/|canonicalize/|tweetnacl/)';
const pureBuiltins = '^(node:)?(assert|assert/strict|buffer|crypto)$';

const arrowRules = Object.entries(arrows).map(([folder, below]) => ({
  name: `arrows-${folder}`,
  comment: `${folder}/ may import ${below.length ? below.join(', ') : 'no other folder'}.`,
  severity: 'error',
  from: { path: `^${folder}/` },
  to: { dependencyTypes: ['local'], pathNot: [folder, ...below].map((name) => `^${name}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...arrowRules,
    {
      name: 'no-cycles',
      comment: 'A cycle, also one of types only, makes two files one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'Only tests use what is written for tests.',
      severity: 'error',
      from: { pathNot: ['^test/', '^bench/', ...testCode] },
      to: { path: ['^test/', '^bench/', ...testCode] },
    },
    {
      name: 'no-test-file-imported',
      comment: 'A test file is run, never imported, not even by another test.',
      severity: 'error',
      from: {},
      to: { path: '\\.test\\.ts$' },
    },
    {
      name: 'nothing-from-outside-the-house',
      comment: 'Sources import sources: nothing from dist/ or scripts/.',
      severity: 'error',
      from: {},
      to: { path: ['^dist/', '^scripts/'] },
    },
    {
      name: 'pure-no-io',
      comment: 'Pure code uses no Node module that reads, writes, waits or spawns.',
      severity: 'error',
      from: { path: pureCode, pathNot: [...testCode, ...dataReaders] },
      to: { dependencyTypes: ['core'], pathNot: pureBuiltins },
    },
    {
      name: 'pure-readers-read-only',
      comment: 'A reader of data reads files and does nothing else.',
      severity: 'error',
      from: { path: dataReaders, pathNot: testCode },
      to: { dependencyTypes: ['core'], pathNot: [pureBuiltins, '^(node:)?(fs|fs/promises|path|url)$'] },
    },
    {
      name: 'pure-no-packages',
      comment: 'Pure code uses no package that is native, keeps state or reaches out.',
      severity: 'error',
      from: { path: pureCode, pathNot: testCode },
      to: { path: `^${packages}`, pathNot: purePackages },
    },
    {
      name: 'pure-not-through-engines',
      comment: 'Challenges know an engine by its interface; who wires them gives them one.',
      severity: 'error',
      from: { path: '^challenges/(?!engines/)', pathNot: testCode },
      to: { path: '^challenges/engines/', pathNot: '^challenges/engines/(engine|squarer|table)\\.ts$' },
    },
    {
      name: 'only-declared-packages',
      comment: 'What is imported has to be in package.json, or it is there by luck.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'undetermined'] },
    },
    {
      name: 'no-development-packages',
      comment: 'What runs in production may not need a devDependency.',
      severity: 'error',
      from: { pathNot: ['^test/', '^bench/', ...testCode] },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere would also hide from the other rules.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^dist/', '^scripts/'] },
    tsConfig: { fileName: 'tsconfig.json' },
    // Imports of types count: they are arrows too.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
