import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { Authenticator, type UseCounter } from '@coffer/access';
import {
  AccessDocument,
  configurationFile,
  loadAccess,
  loadConfiguration,
  type AccessConfiguration,
  type AccessList,
  type LoadOptions,
} from '@coffer/config';
import type { KeyRing } from '@coffer/crypto';
import { CofferError } from '@coffer/secrets';
import type { Terminal } from '../terminal.js';
import { hasDataFolder } from './key-ring.js';
import { FileReplacement } from './file-replacement.js';

/** One change of one list of `coffer.access`. */
export interface AccessChange extends AccessList {
  /** The names of the entries that are changed. */
  readonly entries: readonly string[];
  /** Throws `not-found`, for instance, to leave the file as it is. */
  readonly change: (document: AccessDocument, before: AccessConfiguration | undefined) => void;
  /** Whether the access that comes of it is what was meant. */
  readonly holds: (access: AccessConfiguration) => boolean;
  /** Whose hashes are checked as well. */
  readonly ring?: KeyRing | undefined;
}

export const argumentsOf = (config: string | undefined): readonly string[] =>
  config === undefined ? [] : ['--config', config];

const read = (path: string): string => readFileSync(path, 'utf8');

/** The file that processes started the same way read. Throws `configuration`. */
export const findConfiguration = (config: string | undefined, { env, cwd }: Terminal): string | undefined =>
  configurationFile(argumentsOf(config), env, cwd, read);

export const requireConfiguration = (config: string | undefined, terminal: Terminal): string => {
  const file = findConfiguration(config, terminal);
  if (file !== undefined) return file;
  throw new CofferError(
    'configuration',
    'there is no configuration file: name one by --config or COFFER_CONFIG, or work where ./coffer.yml or ./application.yml is',
  );
};

/** Everything that is wrong with a configuration, a line each. */
const problemsOf = (options: LoadOptions): readonly string[] => {
  try {
    loadConfiguration(options);
    return [];
  } catch (error) {
    if (!CofferError.is(error, 'configuration')) throw error;
    const [first = '', ...rest] = error.message.split('\n');
    return rest.length === 0 ? [first.replace(/^configuration: /, '')] : rest.map((line) => line.replace(/^- /, ''));
  }
};

type Lists = Record<string, readonly Record<string, unknown>[] | undefined>;

/** Everything but the entry that is changed. */
const othersOf = (access: AccessConfiguration | undefined, { list, name, entries: changed }: AccessChange): unknown => {
  const lists = { ...access } as unknown as Lists;
  const others = Object.entries(lists).map(([key, entries = []]) => [
    key,
    key === list ? entries.filter((each) => !changed.includes(String(each[name]))) : entries,
  ]);
  return Object.fromEntries(others.filter(([, entries]) => (entries as unknown[]).length > 0));
};

/**
 * Changes `coffer.access` in a configuration file. Throws `configuration`, and leaves the file as it was, where it would be
 * wrong afterwards or would not say what was meant. What was wrong before does not matter, for access counts by itself.
 */
export const changeAccess = (file: string, change: AccessChange, terminal: Terminal): void => {
  const replacement = new FileReplacement(file);
  try {
    const before = accessOf(file, replacement.text, terminal);
    const document = new AccessDocument(replacement.text, file);
    change.change(document, before.load());
    const text = document.toString();
    const after = accessOf(file, text, terminal);
    const made = after.problems.filter((problem) => !before.problems.includes(problem));
    if (made.length > 0) {
      throw new CofferError(
        'configuration',
        `the configuration would be wrong, so it stays as it was:\n- ${made.join('\n- ')}`,
      );
    }
    const access = after.load();
    if (
      access === undefined ||
      !change.holds(access) ||
      !isDeepStrictEqual(othersOf(before.load(), change), othersOf(access, change))
    ) {
      throw new CofferError(
        'configuration',
        `${file} stays as it was: the change would have no effect or another one, because a variable, a merge key or ` +
          `another place gives coffer.access.${change.list} too; change it there`,
      );
    }
    if (change.ring !== undefined) checkHashes(change.ring, access, terminal);
    replacement.replace(text);
    terminal.out(`${replacement.path} is changed; as it was before, it is in ${replacement.backup}\n`);
    if (after.problems.length > 0) {
      terminal.err(
        `warning: the configuration was wrong before, and only its access counts:\n- ${after.problems.join('\n- ')}\n`,
      );
    }
  } finally {
    replacement.close();
  }
};

/** Uses are counted where one process alone has them. */
const COUNTS_NOTHING: UseCounter = { take: () => false, retain: () => undefined };

/** Throws `configuration` for what the running processes would refuse. */
const checkHashes = (ring: KeyRing, access: AccessConfiguration, terminal: Terminal): void => {
  new Authenticator(ring, access, hasDataFolder(terminal) ? { uses: COUNTS_NOTHING } : {});
};

const accessOf = (file: string, text: string, { env, cwd }: Terminal) => {
  const readFile = (path: string): string => (path === file ? text : read(path));
  const options = { argv: ['--config', file], env, cwd, readFile };
  return { problems: problemsOf(options), load: () => loadAccess(options) };
};
