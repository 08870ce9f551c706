import 'reflect-metadata';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describeOptions, parseOptions } from './harness/options.js';
import type { Property } from './harness/property.js';
import { printError, type Figure } from './harness/outcome.js';

const FOLDERS = ['properties', 'benchmarks'];

/** The compiled file of each property, by its name. */
const files = new Map(
  FOLDERS.flatMap((folder) =>
    readdirSync(join(__dirname, folder))
      .filter((file) => file.endsWith('.js'))
      .map((file): [string, string] => [file.slice(0, -'.js'.length), join(__dirname, folder, file)]),
  ),
);

const HELP = `Runs a property or a benchmark: each figure is a line of JSON on standard output, each problem a line on standard
error that begins with FAILED. Ends with 0 when nothing was wrong.

Usage: node apps/e2e/dist/run.js NAME [--quick] [OPTION]…

Names: ${[...files.keys()].sort().join(', ')}

NAME --help shows its options; --quick takes those of its suite.`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const missingFigures = ({ quickFigures = [] }: Property<object>, figures: readonly Figure[]): string[] =>
  quickFigures
    .filter((start) => !figures.some(({ figure }) => figure.startsWith(start)))
    .map((start) => `no figure begins with "${start}"`);

/** The exit code of a run that was right in all, and missed an aim. */
const MISSED = 2;

/** Resolves with the exit code. */
const run = async ([name = '--help', ...args]: readonly string[]): Promise<number> => {
  if (name === '--help' || name === '-h') {
    print(HELP);
    return 0;
  }
  const file = files.get(name);
  if (file === undefined) throw new Error(`there is no property "${name}"; see --help`);
  const { default: property } = (await import(file)) as { readonly default: Property<object> };
  const { options, quick, help } = parseOptions(property.full, property.quick, args);
  if (help) {
    print([property.shows, describeOptions(property.full), property.help ?? ''].filter(Boolean).join('\n\n'));
    return 0;
  }
  const { figures, problems, missed = [] } = await property.run(options);
  for (const figure of figures) print(JSON.stringify(figure));
  const wrong = [...problems, ...(quick ? missingFigures(property, figures) : [])];
  for (const problem of wrong) printError(`FAILED ${problem}`);
  if (!quick) for (const aim of missed) printError(`MISSED ${aim}`);
  if (wrong.length > 0) return 1;
  return quick || missed.length === 0 ? 0 : MISSED;
};

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

run(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    printError(`FAILED ${error instanceof Error ? error.message : String(error)}`);
    if (error instanceof Error && error.stack !== undefined) printError(error.stack);
    process.exitCode = 1;
  },
);
