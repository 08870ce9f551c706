import { Command, CommanderError } from 'commander';
import { CofferError, SecretValue } from '@coffer/secrets';
import { gatewayUrlOf, tokenOf, withGatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { ChildNotStartedError } from './child.js';
import { Delivery } from './delivery.js';
import { FallbackFile } from './fallback-file.js';
import {
  checkRunOptions,
  preservedOf,
  RESTART,
  SHELL,
  WATCH_INTERVAL_MS,
  withRunOptions,
  withSourceOptions,
  type RunOptions,
} from './run-options.js';
import { SecretValues, textOf } from './secret-values.js';
import { Supervisor } from './supervisor.js';
import { watchValues } from './watcher.js';

const EXIT_CODES =
  '0 the program has ended well, 1 the secrets could not be read, 126 and 127 the program could not be started, else its own';

type Values = ReadonlyMap<string, string>;

const programOf = (given: readonly string[], shell: string | undefined): readonly [string, ...string[]] => {
  const [file, ...args] = given;
  if ((file === undefined) === (shell === undefined)) {
    throw new CofferError('invalid', 'say what to run: a program behind --, or --command for a shell; not both');
  }
  return file === undefined ? [SHELL, '-c', shell ?? ''] : [file, ...args];
};

const fallbackOf = async (options: RunOptions, terminal: Terminal): Promise<FallbackFile | undefined> => {
  const { fallback: file, fallbackKeyFile, fallbackMaxAge: maxAgeMs, tenant, namespace, inherit, envFile } = options;
  if (file === undefined) return undefined;
  const key =
    fallbackKeyFile === undefined
      ? tokenOf(options, terminal)
      : new SecretValue(textOf(fallbackKeyFile, terminal).trim());
  const files = envFile.map((name) => textOf(name, terminal));
  const scope = [gatewayUrlOf(options, terminal).href, tenant, String(inherit), ...namespace, '', ...files];
  return FallbackFile.of({ file, key, scope, maxAgeMs });
};

/** Writes the fallback file. A program that has its values is not kept from running by what is for another day. */
const keep = (values: Values, fallback: FallbackFile | undefined, { err }: Terminal): void => {
  try {
    fallback?.write(values);
  } catch (error) {
    if (!CofferError.is(error)) throw error;
    err(`${error.message}\n`);
  }
};

/** Values for a start: of the gateway, or where none answers those of the fallback file, with a line that says so. */
const valuesForStart = async (
  read: () => Promise<Values>,
  fallback: FallbackFile | undefined,
  terminal: Terminal,
): Promise<Values> => {
  let values: Values;
  try {
    values = await read();
  } catch (error) {
    if (fallback === undefined || !CofferError.is(error) || error.code !== 'unavailable') throw error;
    terminal.err(`${error.message}\n`);
    const earlier = fallback.read();
    terminal.err(`the values are those of ${new Date(earlier.time).toISOString()}, of the fallback file\n`);
    return earlier.values;
  }
  keep(values, fallback, terminal);
  return values;
};

const runProgram = async (given: readonly string[], options: RunOptions, terminal: Terminal): Promise<number> => {
  checkRunOptions(options);
  const [file, ...args] = programOf(given, options.command);
  const source = new SecretValues(options, terminal);
  const fallback = await fallbackOf(options, terminal);
  const values = await valuesForStart(() => source.all(options), fallback, terminal);
  const preserved = preservedOf(options.preserveEnv);
  const delivery = new Delivery({ own: terminal.env, preserved, files: options.files ?? false });
  try {
    let current = delivery.of(values);
    current.warnings.forEach((warning) => terminal.err(`${warning}\n`));
    delivery.hand(current);
    if (terminal.umask !== undefined) process.umask(terminal.umask);
    const supervisor = new Supervisor({ interactive: terminal.interactive, graceMs: options.grace });
    const end = new AbortController();
    let found = { values, given: current };
    const watching =
      options.watch !== undefined &&
      watchValues({
        intervalMs: options.watch === true ? WATCH_INTERVAL_MS : options.watch,
        signal: end.signal,
        read: async () => {
          const now = await source.all(options);
          found = { values: now, given: delivery.of(now) };
          return found.given.content;
        },
        current: () => current.content,
        changed: async () => {
          current = found.given;
          keep(found.values, fallback, terminal);
          delivery.hand(current);
          if (options.onChange === RESTART) await supervisor.replace();
          else supervisor.signal(options.onChange);
        },
        failed: (message) => terminal.err(`the program keeps what it has: ${message}\n`),
      });
    try {
      return await supervisor.run(() => ({ file, args, environment: current.environment }));
    } finally {
      end.abort();
      await watching;
    }
  } finally {
    delivery.end();
  }
};

/** Ends the command with that exit code, without a word: whatever ran has said what there is to say. */
const exitWith = (code: number): void => {
  if (code !== 0) throw new CommanderError(code, 'coffer.run', '');
};

/** Runs a program that has the values of secrets. */
export const runProcess = (terminal: Terminal): Command =>
  withExample(
    withRunOptions(withSourceOptions(withGatewayOptions(new Command('run'), 'whose secrets')))
      .description('run a program with secrets as its environment variables')
      .argument('[program...]', 'and its arguments, behind --; no shell reads them')
      .passThroughOptions()
      .addHelpText(
        'after',
        '\nSignals go on to the program. COFFER_TOKEN is not in its environment. Keys that are no names of variables, or that\n' +
          'decide what a process runs (PATH, LD_…, NODE_OPTIONS and such), are left out, with a line on standard error.\n' +
          'Without --watch, values are read once, before the program starts.',
      ),
    'coffer run --url http://127.0.0.1:8080 --token-file token --namespace company.team -- ./server --port 80',
    EXIT_CODES,
  ).action(async (given: readonly string[], options: RunOptions) => {
    try {
      exitWith(await runProgram(given, options, terminal));
    } catch (error) {
      if (!(error instanceof ChildNotStartedError)) throw error;
      terminal.err(`error: ${error.message}\n`);
      exitWith(error.exitCode);
    }
  });
