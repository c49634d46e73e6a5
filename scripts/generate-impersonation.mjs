// Writes docs/impersonation.md and the tables of docs/classes.md from the catalogue; with --check only says whether they are in sync.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { root } from './folders.mjs';

const load = (name) => tsImport(`../scoring/catalogue/${name}.ts`, import.meta.url);
const { loadCatalogue, loadCatalogueData } = await load('read-catalogue');
const { loadUnits } = await load('read-units');
const { floorUnits } = await load('units');
const { gain, impersonationMatrix, impersonators } = await load('impersonation');
const { measurable, tellsApart } = await load('tell-apart');
const { expectation } = await load('catalogue');

const data = loadCatalogueData();
const catalogue = loadCatalogue();
const units = loadUnits();
const matrix = impersonationMatrix(impersonators(data), catalogue, units);

const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (columns, rows) => [row(columns), row(columns.map(() => '---')), ...rows.map(row)];
const count = (value) => (value === null ? 'any' : String(value));

function summaryTable() {
  const said = {
    compute: 'compute alone',
    bandwidth: 'bandwidth alone',
    memory: 'memory alone',
    all: 'all three at the same instant',
    ownEngines: 'all three, with the public engines only',
  };
  return table(
    ['what an exam measures', 'pairs that pay, on paper', 'pairs that pay, as exams are issued'],
    Object.entries(said).map(([key, text]) => [
      text,
      String(matrix.summary.paper[key]),
      String(matrix.summary.issued[key]),
    ]),
  );
}

function payTable(basis) {
  const columns = [
    'card',
    'as',
    'paid as itself',
    'paid together',
    'gains',
    'by compute',
    'bandwidth',
    'memory',
  ];
  const last = basis === 'issued' ? ['public engines'] : [];
  const rows = matrix.pays[basis].map((pair) => {
    const { card, as, units: paid, counts } = pair;
    const { compute, bandwidth, memory, all, ownEngines } = counts[basis];
    const own = basis === 'issued' ? [count(ownEngines)] : [];
    return [
      card,
      `${count(all)} × \`${as}\``,
      paid.card.toFixed(2),
      all === null ? 'any' : (all * paid.as).toFixed(2),
      gain(pair, basis).toFixed(2),
      count(compute),
      count(bandwidth),
      count(memory),
      ...own,
    ];
  });
  return table([...columns, ...last], rows);
}

function dearerTable() {
  const classes = [...new Set(matrix.dearer.issued.map(({ as }) => as))].sort();
  return table(
    ['passes as one', 'paid', 'cards that are paid less, on paper', 'as exams are issued'],
    classes.map((as) => {
      const of = (basis) => matrix.dearer[basis].filter((pair) => pair.as === as);
      const names = (basis) =>
        of(basis)
          .map(({ card }) => card)
          .sort()
          .join(', ');
      return [`\`${as}\``, of('issued')[0].units.as.toFixed(2), names('paper'), names('issued')];
    }),
  );
}

function exampleOfRow() {
  const [{ card, as, units: paid, counts }] = matrix.pays.paper;
  const { all } = counts.paper;
  return `How to read a row: the first one says that one ${card} could answer for ${all} cards of \`${as}\` at once, and would earn ${(all * paid.as).toFixed(2)} for them in the place of ${paid.card.toFixed(2)}.`;
}

const impersonationPage = [
  '# As how many cards can one pass?',
  '',
  '<!-- Generated from scoring/catalogue/ by `npm run docs:impersonation`; do not edit. -->',
  '',
  `For each of ${matrix.cards} models that have a price and each of ${matrix.classes} classes that are paid: as how many cards of the class could one card of the model answer at the same instant, and would they be paid more together than it is as itself. \`touchstone impersonation\` prints it, also for your own prices (\`--units\`) and classes (\`--catalogue\`).`,
  '',
  'Two bases:',
  '',
  '- **paper**: published figures. A card of the class is at most 22 % slower than the least of its models, and its table is 85 % of its memory.',
  '- **as issued**: what the exams demand today (the lowest rate of the least demanding engine that confirms the class, 35 % of the published bandwidth, the very tables), against the best that is known of the card by any program: int8 products on its best unit 15 % above the data sheet, memory 15 % above it, part of each table in the host’s memory, the longest line feigned, and claims with 12 % less memory than the class has.',
  '',
  'The second is what a determined cheat with kernels of its own is stopped by, and it is far less than the first: floors of classes nobody has measured are a third of what such cards do ([ADR 4](adr/0004-a-guess-confirms-no-class.md)). Measured figures of the fleet raise them. *Public engines*: the same for who has no better kernels.',
  '',
  'Prices are those of `scoring/catalogue/units.json`: paper figures of public price lists, an RTX 4090 being 1. Each class is paid at the least of its models. Which pairs may pay, and what answers them: [ADR 11](adr/0011-classes-by-physics.md). A test fails where another pair begins to pay.',
  '',
  `${exampleOfRow()} *By compute*, *bandwidth* and *memory* say as how many it could, if an exam measured nothing else; the least of them is what it can.`,
  '',
  ...summaryTable(),
  '',
  `Not paid, and so not in the tables: ${matrix.unpaid.join(', ')}. Whoever has one of these gains by whatever it can pass as.`,
  '',
  '## On paper',
  '',
  ...payTable('paper'),
  '',
  '## As exams are issued',
  '',
  ...payTable('issued'),
  '',
  '## One card as one that is paid more',
  '',
  `${matrix.dearer.paper.length} pairs on paper, ${matrix.dearer.issued.length} as exams are issued. A device’s verdict names such models (\`alsoPossible\`) as far as what it measured allows.`,
  '',
  ...dearerTable(),
  '',
].join('\n');

const figures = data.models.map((model) => measurable(model, data.measured));
const classOf = (model) => catalogue.classes.find(({ models }) => models.includes(model));

/** Models that an exam can't tell from some of the class, but from others of it. */
function neighbours(one) {
  const members = figures.filter(({ model }) => one.models.includes(model));
  return figures
    .filter(({ model }) => !one.models.includes(model))
    .filter((other) => members.some((member) => tellsApart(member, other) === null))
    .map(({ model }) => model);
}

function rangeOf(values) {
  const known = values.filter((value) => value !== null);
  if (known.length < values.length) return 'as claimed';
  const [least, most] = [Math.min(...known), Math.max(...known)];
  return least === most ? String(least) : `${least}–${most}`;
}

function classesTable() {
  const gpus = catalogue.classes.filter(({ kind, memory }) => kind === 'gpu' && memory !== null);
  const columns = [
    'class',
    'models',
    'fp32 TFLOP/s',
    'GB/s',
    'GB',
    'asked for, TFLOP/s',
    'GB/s',
    'units',
    'at its edge',
  ];
  return table(
    columns,
    gpus.map((one) => {
      const members = figures.filter(({ model }) => classOf(model) === one);
      const cuda = expectation(one, 'onnx-cuda');
      return [
        `\`${one.id}\``,
        members.map(({ model }) => model).join(', '),
        rangeOf(members.map(({ fp32TFLOPS }) => fp32TFLOPS)),
        rangeOf(members.map(({ bandwidthGBps }) => bandwidthGBps)),
        rangeOf(members.map(({ memoryGB }) => memoryGB)),
        cuda.basis === 'prior' ? 'not confirmed yet' : (cuda.lowGflops / 1000).toFixed(1),
        one.memory.lowGBps.toFixed(0),
        floorUnits(one, units)?.toFixed(2) ?? 'not paid',
        neighbours(one).join(', '),
      ];
    }),
  );
}

const begin = '<!-- Generated by `npm run docs:impersonation`; do not edit below. -->';

function classesPage() {
  const [words] = readFileSync(join(root, 'docs/classes.md'), 'utf8').split(begin);
  const together = data.together.map(({ id, models, why }) => `- \`${id}\` (${models.join(', ')}): ${why}`);
  return [
    `${words}${begin}`,
    '',
    `${data.models.length} models in ${new Set(data.models.map(({ model }) => classOf(model).id)).size} classes.`,
    '',
    ...classesTable(),
    '',
    'Why models are one class:',
    '',
    ...together,
    '',
  ].join('\n');
}

const pages = { 'docs/impersonation.md': impersonationPage, 'docs/classes.md': classesPage() };
for (const [name, text] of Object.entries(pages)) {
  const path = join(root, name);
  if (!process.argv.includes('--check')) {
    writeFileSync(path, text);
  } else if (readFileSync(path, 'utf8') !== text) {
    process.stderr.write(`${name} is out of date: run npm run docs:impersonation\n`);
    process.exitCode = 1;
  }
}
