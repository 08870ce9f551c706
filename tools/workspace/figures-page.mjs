import { format } from 'prettier';

/**
 * What is kept of one measurement, beside its raw output.
 * @typedef {object} Section
 * @property {string} name
 * @property {string} title
 * @property {string} shows
 * @property {string} command
 * @property {string} commit
 * @property {string} date ISO 8601, UTC
 * @property {Machine} machine
 * @property {number} seconds how long it took
 * @property {import('./measure.mjs').Figure[]} figures
 *
 * @typedef {{cpu: string, cores: number, memory: string, kernel: string, node: string}} Machine
 */

const introduction = `Written by \`npm run figures\`; \`npm run figures -- NAME\` renews one section. Nothing here is typed by hand.
The raw output of each run lies beside this page in [figures](figures).`;

/** @param {Section[]} sections @returns {Promise<string>} docs/operations/figures.md */
export function renderPage(sections) {
  const text = ['# Figures', introduction, ...sections.map(renderSection)].join('\n\n');
  return format(text, { parser: 'markdown', singleQuote: true, printWidth: 120 });
}

/** @param {Section} section */
function renderSection({ name, title, shows, command, commit, date, machine, seconds, figures }) {
  const { cpu, cores, memory, kernel, node } = machine;
  const rows = figures.map(
    ({ figure, value, unit, aim }) => `| ${[figure, print(value), unit, aim ?? ''].map(cell).join(' | ')} |`,
  );
  return [
    `## ${title}`,
    shows,
    [
      `- Command: \`npm run figures -- ${name}\`, which runs \`${command}\` (${Math.round(seconds)} s)`,
      `- Commit: \`${commit}\``,
      `- Date: ${date}`,
      `- Machine: ${cpu}, ${cores} cores, ${memory}, ${kernel}, Node ${node}`,
      `- Raw output: [figures/${name}.txt](figures/${name}.txt)`,
    ].join('\n'),
    ['| figure | value | unit | aim |', '| --- | ---: | --- | --- |', ...rows].join('\n'),
  ].join('\n\n');
}

/** @param {number | string} value at most four significant digits after the point, whole numbers in full */
const print = (value) =>
  typeof value === 'string' || Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
