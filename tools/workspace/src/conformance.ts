import { existsSync, globSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { root } from './checkout.ts';
import { chosenStores } from './chosen-stores.ts';
import { conformanceTable, printTable } from './conformance-table.ts';
import { runJest } from './jest.ts';
import { failure, lastLine, total } from './reports.ts';
import { notAdapters, stores } from './stores.ts';
import { serversOf } from './suite-servers.ts';
import type { JestReport, Outcome } from './reports.ts';
import type { Table } from './conformance-table.ts';

const help = `Runs the conformance suite of every store on its real server and prints stores × tests.

  npm run conformance                      every store
  npm run conformance -- --store NAME      one store, or all of one adapter's (may be given more than once)
  npm run conformance -- --all             also the stores whose address is not given, see below

Where the environment gives the addresses of some of the stores that are meant (docs/backends names the variables), those
alone are run and no other server is started. A store of its own name is always run.

Stores: ${stores.map(({ store }) => store).join(', ')}.
A cell is "pass", "FAIL", "absent (n)" where the store declares that it lacks the capability (n), or "MISSING" where a test
that another store ran did not run. The last line is "N passed, N failed".`;

const { values } = parseArgs({
  options: {
    store: { type: 'string', multiple: true, default: [] },
    all: { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  },
});

/** Returns what keeps tools/workspace/src/stores.ts and libs/backends from telling the same story. */
function forgotten(): string[] {
  const folders = readdirSync(join(root, 'libs/backends'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !notAdapters.includes(entry.name))
    .filter(({ name }) => existsSync(join(root, 'libs/backends', name, 'package.json')))
    .map(({ name }) => name);
  const listed = new Set(stores.map(({ folder }) => folder));
  const suitesOf = (folder: string) =>
    readdirSync(join(root, 'libs/backends', folder, 'src')).filter((name) =>
      /\.conformance(\.it)?\.spec\.ts$/.test(name),
    );
  const unequal = folders.filter(
    (folder) => listed.has(folder) && suitesOf(folder).length !== stores.filter((row) => row.folder === folder).length,
  );
  return [
    ...unequal.map(
      (f) => `libs/backends/${f} has ${suitesOf(f).length} suites, and another number of rows in stores.ts`,
    ),
    ...folders.filter((folder) => !listed.has(folder)).map((f) => `libs/backends/${f} has no row in stores.ts`),
    ...[...listed].filter((folder) => !folders.includes(folder)).map((f) => `libs/backends/${f} does not exist`),
  ];
}

function choose(meant: typeof stores) {
  if (values.all) return meant;
  const chosen = chosenStores(meant, values.store, process.env);
  const left = meant.filter((row) => !chosen.includes(row)).map(({ store }) => store);
  if (left.length > 0) {
    console.error(`conformance: without ${left.join(', ')}, whose addresses are not given (--all runs them as well)`);
  }
  return chosen;
}

async function measure(chosen: typeof stores) {
  const needed = new Set(chosen.flatMap((row) => row.servers));
  const suites = globSync(
    `libs/backends/{${chosen.map(({ folder }) => folder).join(',')},}/src/*.conformance*.spec.ts`,
    {
      cwd: root,
    },
  ).filter((suite) => !suite.endsWith('.it.spec.ts') || serversOf(suite).every((name) => needed.has(name)));
  const names = chosen.map(({ store }) => store).join('|');
  const { report, end } = await runJest([
    ...suites.flatMap((suite) => ['--testPathPatterns', `${suite.replaceAll('.', '\\.')}$`]),
    ...['--testNamePattern', `^conformance: (${names}) `],
  ]);
  const table = conformanceTable(
    report,
    chosen.map(({ store }) => store),
  );
  console.log(printTable(table));
  if (values.figures) printFigures(table);
  return total([table.outcome, trouble(report, end, table.outcome)]);
}

/** What went wrong beside the table: suites that could not be loaded, a runner that died. */
function trouble(report: JestReport | undefined, end: { code: number | null; signal: string | null }, table: Outcome) {
  const unloaded = report?.testResults.filter((s) => s.status === 'failed' && s.assertionResults.length === 0) ?? [];
  const failures = unloaded.map(({ name }) => failure(`suite failed to run: ${name}`));
  if (failures.length > 0 || (end.code === 0 && report) || (end.code === 1 && table.failed > 0)) return total(failures);
  return failure(
    `conformance: the runner ended with ${end.signal ?? `code ${end.code}`} and the table does not say why`,
  );
}

function printFigures({ stores: names, rows }: Table) {
  for (const store of names) {
    const cells = rows.map(({ cells: row }) => row[store] ?? '');
    const figure = (what: string, value: number, aim: string) =>
      console.log(JSON.stringify({ figure: `${store}: ${what}`, value, unit: 'tests', ...(aim ? { aim } : {}) }));
    figure('passed', cells.filter((cell) => cell === 'pass').length, '');
    figure('capability absent', cells.filter((cell) => cell.startsWith('absent: ')).length, '');
    figure('failed or missing', cells.filter((cell) => /^(FAIL|MISSING)$/.test(cell)).length, '0');
  }
}

if (values.help) {
  process.stdout.write(`${help}\n`);
} else {
  const wanted = values.store;
  const unknown = wanted.filter((name) => !stores.some(({ store, folder }) => store === name || folder === name));
  const meant = stores.filter(
    ({ store, folder }) => wanted.length === 0 || wanted.includes(store) || wanted.includes(folder),
  );
  const outcomes = [...unknown.map((name) => `there is no store "${name}"`), ...forgotten()].map(failure);
  try {
    if (unknown.length === 0) outcomes.push(await measure(choose(meant)));
  } catch (error) {
    outcomes.push(failure(`conformance: did not run\n${(error as Error).message}`));
  }
  const outcome = total(outcomes);
  if (outcome.problems.length > 0) process.stderr.write(`\n${outcome.problems.join('\n')}\n`);
  console.log(lastLine(outcome));
  process.exitCode = outcome.failed > 0 ? 1 : 0;
}
