import { failure, nothing, total } from './reports.ts';
import type { Outcome, JestReport } from './reports.ts';

export interface Table {
  stores: string[];
  rows: { test: string; cells: Record<string, string> }[];
  outcome: Outcome;
}

const suiteTitle = /^conformance: (.+)$/;

/** A store that lacks a capability says so in the title of the test that shows the declared error. */
const absent = /^(.*) \[capability absent: (.+)\]$/;

/**
 * The table stores × tests of a Jest report. A suite titled `<store> …` (a store behind a decorator, say) is a column of
 * its own. Every column has every row: a test that one ran and another did not is `MISSING` there and a failure, as is
 * a store whose suite did not run at all. An absence titled `fault x` also answers for `fault x: …` of the others.
 * `stores`: those that must have run.
 */
export function conformanceTable(report: JestReport | undefined, stores: string[]): Table {
  const all = (report?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults.flatMap(readResult));
  const suites = [...new Set(all.map(({ suite }) => suite))];
  const columns = stores.flatMap((store) => [store, ...suites.filter((suite) => suite.startsWith(`${store} `))]);
  const results = all.filter(({ suite }) => columns.includes(suite));
  const tests = [...new Set(results.map(({ test }) => test))];
  const rows = tests
    .filter((test) => !tests.some((other) => covers(test, other)) || !results.every(onlyAbsent(test)))
    .map((test) => ({
      test,
      cells: Object.fromEntries(columns.map((column) => [column, cellOf(column, test, results)])),
    }));
  return { stores: columns, rows, outcome: judge(columns, rows) };
}

interface Result {
  suite: string;
  test: string;
  cell: string;
}

/** Returns none when it belongs to no conformance suite. */
function readResult({
  ancestorTitles,
  title,
  status,
}: JestReport['testResults'][number]['assertionResults'][number]): Result[] {
  const suite = suiteTitle.exec(ancestorTitles[0] ?? '')?.[1];
  if (suite === undefined) return [];
  const declared = absent.exec(title);
  const test = [...ancestorTitles.slice(1), declared?.[1] ?? title].join(' › ');
  return [{ suite, test, cell: status !== 'passed' ? 'FAIL' : declared ? `absent: ${declared[2]}` : 'pass' }];
}

/** Whether `test` is the beginning of `other`, up to the end of a word. */
const covers = (test: string, other: string) => other.startsWith(`${test}:`) || other.startsWith(`${test} `);

function cellOf(column: string, test: string, results: Result[]) {
  const mine = results.filter(({ suite }) => suite === column);
  const same = mine.filter((result) => result.test === test);
  const cells = (same.length > 0 ? same : mine.filter((r) => isAbsent(r) && covers(r.test, test))).map((r) => r.cell);
  return cells.find((cell) => cell === 'FAIL') ?? cells[0] ?? 'MISSING';
}

const isAbsent = ({ cell }: Result) => cell.startsWith('absent: ');

/** A line that nobody ran and somebody declared absent. */
const onlyAbsent = (test: string) => (result: Result) => result.test !== test || isAbsent(result);

function judge(stores: string[], rows: Table['rows']): Outcome {
  const silent = stores.filter((store) => rows.every(({ cells }) => cells[store] === 'MISSING'));
  const cells = rows.flatMap(({ test, cells: row }) =>
    stores
      .filter((store) => !silent.includes(store))
      .map((store) =>
        row[store] === 'FAIL' || row[store] === 'MISSING'
          ? failure(`${store}: ${row[store]}: ${test}`)
          : { ...nothing, passed: 1 },
      ),
  );
  return total([...cells, ...silent.map((store) => failure(`${store}: its conformance suite did not run`))]);
}

/** Returns as Markdown that also reads well in a terminal, the reasons below it. */
export function printTable({ stores, rows }: Table): string {
  const reasons = [...new Set(rows.flatMap(({ cells }) => Object.values(cells)))].filter((c) =>
    c.startsWith('absent: '),
  );
  const short = (cell: string) => (reasons.includes(cell) ? `absent (${reasons.indexOf(cell) + 1})` : cell);
  const lines = [
    ['test', ...stores],
    ...rows.map(({ test, cells }) => [test, ...stores.map((s) => short(cells[s] ?? ''))]),
  ];
  const lengthOf = (cell = '') => [...cell].length;
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => lengthOf(line[column]))));
  const print = (line: string[]) =>
    `| ${line.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - lengthOf(cell))).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  const notes = reasons.map((reason, index) => `(${index + 1}) ${reason.slice('absent: '.length)}`);
  const [head = '', ...body] = lines.map(print);
  return [head, rule, ...body, ...(notes.length > 0 ? ['', ...notes] : [])].join('\n');
}
