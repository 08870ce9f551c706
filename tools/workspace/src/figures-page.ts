import { format } from 'prettier';
import type { Figure } from './measure.ts';
import type { Measurement } from './measurements.ts';

/** What docs/operations/figures.json keeps of one measurement. */
export interface Section {
  commit: string;
  /** ISO 8601, UTC. */
  date: string;
  machine: Machine;
  /** How long it took. */
  seconds: number;
  figures: Figure[];
}

export interface Machine {
  cpu: string;
  cores: number;
  memory: string;
  kernel: string;
  node: string;
}

type Described = Pick<Measurement, 'name' | 'title'>;

interface Row {
  figure: string;
  value: string;
  aim: string;
}

export const MAX_PAGE_LINES = 100;

/** Figures of this many subjects or more ("azure-key-vault: …", "vault-kv2: …") with the same aim become one row. */
const MIN_SUBJECTS = 3;

/** One line of the page. */
const introduction = [
  'Written by `npm run figures`; `npm run figures -- NAME` renews one measurement, `-- --help` says what each of them shows.',
  'Every figure of every run, with its unit, its spread, the date, the command and the machine, is in [figures.json](figures.json).',
  'Here stand the aims that are bounds, every aim that was missed, and how many of the exact aims (a number that must come out, mostly 0) were met.',
].join(' ');

/**
 * The text of docs/operations/figures.md. Throws when it would have more than MAX_PAGE_LINES lines.
 * `measurements`: in the order of the page. `sections`: by the name of their measurement; one without a section has no row.
 */
export async function renderPage(measurements: Described[], sections: Record<string, Section>): Promise<string> {
  const machines = [...new Set(Object.values(sections).map(({ machine }) => describeMachine(machine)))];
  const markOf = (machine: Machine) => String.fromCharCode(65 + machines.indexOf(describeMachine(machine)));
  const rows = measurements.flatMap((measurement) => {
    const section = sections[measurement.name];
    if (!section) return [];
    return rowsOf(measurement, section.figures).map(({ figure, value, aim }) =>
      line([measurement.name, figure, value, aim, `${section.commit} ${markOf(section.machine)}`]),
    );
  });
  const text = [
    '# Figures',
    introduction,
    [
      line(['measurement', 'figure', 'value', 'aim', 'commit']),
      line(['---', '---', '---', '---', '---']),
      ...rows,
    ].join('\n'),
    machines.map((machine, index) => `- ${String.fromCharCode(65 + index)}: ${machine}`).join('\n'),
  ];
  const page = await format(text.join('\n\n'), { parser: 'markdown', singleQuote: true, printWidth: 120 });
  const length = page.split('\n').length - 1;
  if (length > MAX_PAGE_LINES) {
    throw new Error(
      `figures.md would have ${length} lines instead of at most ${MAX_PAGE_LINES}: give fewer figures an aim`,
    );
  }
  return page;
}

const describeMachine = ({ cpu, cores, memory, kernel, node }: Machine) =>
  `${cpu}, ${cores} cores, ${memory}, ${kernel}, Node ${node}`;

function rowsOf({ title }: Described, figures: Figure[]): Row[] {
  const exact = figures.filter(({ aim }) => aim !== undefined && !isBound(aim));
  const met = exact.filter(isMet);
  const rows = grouped(figures.filter(({ aim }) => aim !== undefined && isBound(aim)));
  const missed = exact.filter((figure) => !isMet(figure)).map((figure) => rowOf(figure));
  if (exact.length === 0 && rows.length > 0) return rows;
  return [{ figure: title, value: `${met.length} of ${exact.length}`, aim: 'exact aims met' }, ...rows, ...missed];
}

/** One row for figures that differ in their subject alone, where these are many. */
function grouped(figures: Figure[]): Row[] {
  const families = Map.groupBy(figures, ({ figure, aim, unit }) =>
    JSON.stringify([figure.replace(/^[^:]+: /, ''), aim ?? '', plainUnit(unit)]),
  );
  return [...families.values()].flatMap((family) => {
    const [first] = family;
    if (!first || family.length < MIN_SUBJECTS || !family.every(isMet)) return family.map(rowOf);
    const values = family.map(({ value }) => Number(value));
    const figure = `${first.figure.replace(/^[^:]+: /, '')} (${family.length} of these)`;
    const value = `${print(Math.min(...values))} to ${print(Math.max(...values))} ${plainUnit(first.unit)}`;
    return [{ figure, value, aim: first.aim ?? '' }];
  });
}

const rowOf = (figure: Figure): Row => ({
  figure: figure.figure,
  value: `${print(figure.value)} ${plainUnit(figure.unit)}`,
  aim: isMet(figure) ? (figure.aim ?? '') : `${figure.aim}, **missed**`,
});

/** The unit without the spread that some figures give after it. */
const plainUnit = (unit: string) => unit.split(',')[0] ?? '';

const isBound = (aim: string) => /^[≤≥<>]/.test(aim);

/** Whether a figure is as it should be; one without an aim is. */
export function isMet({ value, aim }: Pick<Figure, 'value' | 'aim'>) {
  if (aim === undefined) return true;
  const [, relation = '', number = ''] = /^(<=|>=|[≤≥<>]?)\s*(.+)$/.exec(aim) ?? [];
  const bound = Number(number);
  if (relation === '') return String(value) === aim || Number(value) === bound;
  if (relation === '<') return Number(value) < bound;
  if (relation === '>') return Number(value) > bound;
  return ['≤', '<='].includes(relation) ? Number(value) <= bound : Number(value) >= bound;
}

/** `value`: at most four significant digits after the point, whole numbers in full. */
const print = (value: number | string) =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

const line = (cells: string[]) =>
  `| ${cells.map((text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
