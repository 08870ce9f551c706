import { constants } from 'node:os';
import { readDuration } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Option, type Command } from 'commander';
import type { SourceOptions } from './secret-values.js';

export interface RunOptions extends SourceOptions {
  readonly command?: string;
  /** True where no names follow it. */
  readonly preserveEnv?: string | true;
  readonly files?: true;
  /** True where no duration follows it. */
  readonly watch?: number | true;
  readonly onChange: NodeJS.Signals | typeof RESTART;
  readonly grace: number;
  readonly fallback?: string;
  readonly fallbackKeyFile?: string;
  readonly fallbackMaxAge: number;
}

export const SHELL = '/bin/sh';
export const RESTART = 'restart';
export const WATCH_INTERVAL_MS = 10_000;
const MIN_INTERVAL_MS = 1_000;
const GRACE_MS = 10_000;
const FALLBACK_MAX_AGE_MS = 86_400_000;

export const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

const durationOf =
  (name: string, least = 0) =>
  (text: string): number => {
    const duration = readDuration(text);
    if (duration !== undefined && duration >= least) return duration;
    throw new CofferError(
      'invalid',
      `${name} must be a duration such as 10s${least > 0 ? `, ${least} ms at least` : ''}`,
    );
  };

const changeOf = (text: string): RunOptions['onChange'] => {
  if (text === RESTART || text in constants.signals) return text as NodeJS.Signals | typeof RESTART;
  throw new CofferError('invalid', `--on-change must be ${RESTART}, or a signal such as SIGHUP`);
};

/** Which secrets, for every command that reads some. */
export const withSourceOptions = (command: Command): Command =>
  command
    .option('--namespace <name>', 'whose secrets, a variable each; of several the later one counts', collect, [])
    .option('--no-inherit', 'leave out what the namespaces see of their parents')
    .option(
      '--env-file <file>',
      'lines NAME=coffer://[tenant@]namespace/KEY[#subkey] or NAME=text; counts before namespaces',
      collect,
      [],
    );

/** What is run, how it gets the values, and what becomes of it when they change. */
export const withRunOptions = (command: Command): Command =>
  command
    .option('--command <line>', `a line for ${SHELL} instead of a program`)
    .option('--preserve-env [names]', 'keep variables that are set already: these, or all')
    .option('--files', 'values as files of a private folder, which COFFER_FILES names, instead of variables')
    .addOption(
      new Option(
        '--watch [interval]',
        'read again, every 10s or so often, and act when what was given has changed',
      ).argParser(durationOf('--watch', MIN_INTERVAL_MS)),
    )
    .addOption(
      new Option('--on-change <what>', 'restart, or with --files a signal for the program')
        .default(RESTART)
        .argParser(changeOf),
    )
    .addOption(
      new Option('--grace <duration>', 'from SIGTERM to SIGKILL at a restart')
        .default(GRACE_MS, '10s')
        .argParser(durationOf('--grace')),
    )
    .option('--fallback <file>', 'keeps the values, sealed, for a start while no gateway answers')
    .option('--fallback-key-file <file>', 'holds the key of that file; else the token is its key')
    .addOption(
      new Option('--fallback-max-age <duration>', 'older values are not used')
        .default(FALLBACK_MAX_AGE_MS, '1d')
        .argParser(durationOf('--fallback-max-age')),
    );

/** Throws `invalid` for options that do not go together. */
export const checkRunOptions = ({ files, watch, onChange, namespace, envFile }: RunOptions): void => {
  if (namespace.length + envFile.length === 0) {
    throw new CofferError('invalid', 'say which secrets: --namespace, or --env-file with references to them');
  }
  if (onChange === RESTART) return;
  if (watch === undefined || files === undefined) {
    throw new CofferError(
      'invalid',
      '--on-change with a signal needs --watch and --files: variables of a program that runs do not change',
    );
  }
};

export const preservedOf = (given: string | true | undefined): readonly string[] | 'all' =>
  given === true ? 'all' : (given ?? '').split(',').map((name) => name.trim());
