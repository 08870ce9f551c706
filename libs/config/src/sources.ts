import { CofferError } from '@coffer/secrets';
import { resolve } from 'node:path';
import type { Environment } from './interpolate.js';

/** One text of configuration and the name by which messages call it. */
export interface Source {
  readonly name: string;
  readonly text: string;
}

/** Throws what `fs.readFileSync` throws; only `code` is looked at. */
export type ReadFile = (path: string) => string;

const DEFAULT_FILES = ['coffer.yml', 'application.yml'];

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'unreadable';

const fileFromArguments = (argv: readonly string[]): string | undefined => {
  const at = argv.findLastIndex((argument) => /^(--config|-c)(=|$)/.test(argument));
  const argument = argv[at];
  if (argument === undefined) return undefined;
  const file = argument.includes('=') ? argument.slice(argument.indexOf('=') + 1) : argv[at + 1];
  if (file === undefined || file === '') throw new CofferError('configuration', '--config needs the name of a file');
  return file;
};

const readDefaultFile = (cwd: string, readFile: ReadFile): Source | undefined => {
  for (const name of DEFAULT_FILES) {
    try {
      return { name: `./${name}`, text: readFile(resolve(cwd, name)) };
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw unreadable(`./${name}`, error);
    }
  }
  return undefined;
};

const unreadable = (file: string, error: unknown): CofferError =>
  new CofferError('configuration', `the configuration file ${file} cannot be read: ${codeOf(error)}`, { file });

const readNamedFile = (file: string, cwd: string, readFile: ReadFile): Source => {
  try {
    return { name: file, text: readFile(resolve(cwd, file)) };
  } catch (error) {
    throw unreadable(file, error);
  }
};

/**
 * The texts of configuration, later ones meant to win: the file (`--config FILE`, else `COFFER_CONFIG`, else
 * `./coffer.yml`, else `./application.yml`), then the text in `KESTRA_CONFIGURATION`. A file that was asked for and
 * cannot be read is an error.
 */
export const readSources = (
  argv: readonly string[],
  env: Environment,
  cwd: string,
  readFile: ReadFile,
): { readonly sources: readonly Source[]; readonly file: string | undefined } => {
  const named = fileFromArguments(argv) ?? (env['COFFER_CONFIG'] || undefined);
  const file = named === undefined ? readDefaultFile(cwd, readFile) : readNamedFile(named, cwd, readFile);
  const inline = env['KESTRA_CONFIGURATION'];
  return {
    sources: [
      ...(file === undefined ? [] : [file]),
      ...(inline === undefined || inline === '' ? [] : [{ name: 'KESTRA_CONFIGURATION', text: inline }]),
    ],
    file: file === undefined ? undefined : resolve(cwd, file.name),
  };
};

/** The configuration file that would be read, absolute; `undefined` where there is none. Throws `configuration`. */
export const configurationFile = (
  argv: readonly string[],
  env: Environment,
  cwd: string,
  readFile: ReadFile,
): string | undefined => readSources(argv, env, cwd, readFile).file;
