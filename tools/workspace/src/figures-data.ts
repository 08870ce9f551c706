import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './checkout.ts';
import type { Section } from './figures-page.ts';

const path = join(root, 'docs/operations/figures.json');

/** Returns what docs/operations/figures.json has, by the name of the measurement. */
export const readSections = (): Record<string, Section> =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, Section>) : {};

/**
 * Replaces one measurement in docs/operations/figures.json. The file is read again first: another run may have renewed
 * another one meanwhile.
 */
export const writeSection = (name: string, section: Section & { command: string }) =>
  writeFileSync(path, printSections({ ...readSections(), [name]: section }));

/** One line for each figure, so that a renewed one is one line of a difference. */
export function printSections(sections: Record<string, Section>) {
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
