import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.mjs';

/** @typedef {import('./figures-page.mjs').Section} Section */

const path = join(root, 'docs/operations/figures.json');

/** @returns {Record<string, Section>} what docs/operations/figures.json has, by the name of the measurement */
export const readSections = () => (existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {});

/**
 * Replaces one measurement in docs/operations/figures.json. The file is read again first: another run may have renewed
 * another one meanwhile.
 * @param {string} name @param {Section & {command: string}} section
 */
export const writeSection = (name, section) =>
  writeFileSync(path, printSections({ ...readSections(), [name]: section }));

/** One line for each figure, so that a renewed one is one line of a difference. @param {Record<string, Section>} sections */
export function printSections(sections) {
  const blocks = Object.keys(sections)
    .sort()
    .map((name) => {
      const { figures = [], ...about } = sections[name] ?? {};
      const facts = Object.entries(about).map(
        ([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)},`,
      );
      const lines = figures.map((figure) => `      ${JSON.stringify(figure)}`).join(',\n');
      return `  ${JSON.stringify(name)}: {\n${facts.join('\n')}\n    "figures": [\n${lines}\n    ]\n  }`;
    });
  return `{\n${blocks.join(',\n')}\n}\n`;
}
