import { failure, nothing, total } from './reports.mjs';

/**
 * @typedef {import('./reports.mjs').Outcome} Outcome
 * @typedef {{stores: string[], rows: {test: string, cells: Record<string, string>}[], outcome: Outcome}} Table
 */

const suiteTitle = /^conformance: (.+)$/;

/** A store that lacks a capability says so in the title of the test that shows the declared error. */
const absent = /^(.*) \[capability absent: (.+)\]$/;

/**
 * The table stores × tests of a Jest report. Every store has every row: a test that one store ran and another did not
 * is `MISSING` there and a failure, as is a store whose suite did not run at all.
 * @param {import('./reports.mjs').JestReport | undefined} report
 * @param {string[]} stores
 * @returns {Table}
 */
export function conformanceTable(report, stores) {
  /** @type {Map<string, Record<string, string>>} */
  const rows = new Map();
  for (const { ancestorTitles, title, status } of (report?.testResults ?? []).flatMap((s) => s.assertionResults)) {
    const store = suiteTitle.exec(ancestorTitles[0] ?? '')?.[1];
    if (store === undefined || !stores.includes(store)) continue;
    const declared = absent.exec(title);
    const test = [...ancestorTitles.slice(1), declared?.[1] ?? title].join(' › ');
    const cells = rows.get(test) ?? {};
    cells[store] = status !== 'passed' ? 'FAIL' : declared ? `absent: ${declared[2]}` : 'pass';
    rows.set(test, cells);
  }
  const complete = [...rows].map(([test, cells]) => ({
    test,
    cells: Object.fromEntries(stores.map((store) => [store, cells[store] ?? 'MISSING'])),
  }));
  return { stores, rows: complete, outcome: judge(stores, complete) };
}

/** @param {string[]} stores @param {Table['rows']} rows @returns {Outcome} */
function judge(stores, rows) {
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

/** @param {Table} table @returns {string} as Markdown that also reads well in a terminal */
export function printTable({ stores, rows }) {
  const lines = [['test', ...stores], ...rows.map(({ test, cells }) => [test, ...stores.map((s) => cells[s] ?? '')])];
  const widths = lines[0].map((_, column) => Math.max(...lines.map((line) => [...line[column]].length)));
  const print = (/** @type {string[]} */ line) =>
    `| ${line.map((cell, column) => cell + ' '.repeat(widths[column] - [...cell].length)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [print(lines[0]), rule, ...lines.slice(1).map(print)].join('\n');
}
