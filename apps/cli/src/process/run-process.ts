import { Command, CommanderError } from 'commander';
import { CofferError } from '@coffer/secrets';
import { gatewayOf, withGatewayOptions, type GatewayOptions } from '../gateway-options.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { ChildNotStartedError, runChild } from './child.js';
import { childEnvironment } from './environment.js';
import { valuesOfFile, valuesOfNamespace } from './secret-values.js';

interface Options extends GatewayOptions {
  readonly namespace: readonly string[];
  readonly inherit: boolean;
  readonly envFile: readonly string[];
  readonly command?: string;
  /** True where no names follow it. */
  readonly preserveEnv?: string | true;
}

const SHELL = '/bin/sh';
const EXIT_CODES =
  '0 the program has ended well, 1 the secrets could not be read, 126 and 127 the program could not be started, else its own';

const collect = (value: string, earlier: readonly string[]): readonly string[] => [...earlier, value];

const programOf = (given: readonly string[], shell: string | undefined): readonly [string, ...string[]] => {
  const [file, ...args] = given;
  if ((file === undefined) === (shell === undefined)) {
    throw new CofferError('invalid', 'say what to run: a program behind --, or --command for a shell; not both');
  }
  return file === undefined ? [SHELL, '-c', shell ?? ''] : [file, ...args];
};

const preservedOf = (given: string | true | undefined): readonly string[] | 'all' =>
  given === true ? 'all' : (given ?? '').split(',').map((name) => name.trim());

/** The values in the order in which they count: later namespaces before earlier ones, files before all. */
const valuesOf = async (options: Options, terminal: Terminal): Promise<ReadonlyMap<string, string>> => {
  const { namespace: namespaces, envFile: files, inherit } = options;
  if (namespaces.length + files.length === 0) {
    throw new CofferError('invalid', 'say which secrets: --namespace, or --env-file with references to them');
  }
  const gateway = gatewayOf(options, terminal);
  const values = new Map<string, string>();
  const add = (more: ReadonlyMap<string, string>): void => more.forEach((value, key) => values.set(key, value));
  for (const namespace of namespaces) {
    const held = await valuesOfNamespace(gateway, namespace, inherit);
    if (held.size === 0)
      terminal.err(`the namespace ${JSON.stringify(namespace)} has no secrets that this token may resolve\n`);
    add(held);
  }
  const gatewayOfTenant = (tenant = options.tenant) => gatewayOf({ ...options, tenant }, terminal);
  for (const file of files) add(await valuesOfFile(file, terminal.cwd, gatewayOfTenant));
  return values;
};

/** Ends the command with that exit code, without a word: whatever ran has said what there is to say. */
const exitWith = (code: number): void => {
  if (code !== 0) throw new CommanderError(code, 'coffer.run', '');
};

/** Runs a program whose environment has the values of secrets. */
export const runProcess = (terminal: Terminal): Command =>
  withExample(
    withGatewayOptions(new Command('run'), 'whose secrets')
      .description('run a program with secrets as its environment variables')
      .argument('[program...]', 'and its arguments, behind --; no shell reads them')
      .option('--namespace <name>', 'whose secrets, a variable each; of several the later one counts', collect, [])
      .option('--no-inherit', 'leave out what the namespaces see of their parents')
      .option(
        '--env-file <file>',
        'lines NAME=coffer://[tenant@]namespace/KEY[#subkey] or NAME=text; counts before namespaces',
        collect,
        [],
      )
      .option('--command <line>', `a line for ${SHELL} instead of a program`)
      .option('--preserve-env [names]', 'keep variables that are set already: these, or all')
      .passThroughOptions()
      .addHelpText(
        'after',
        '\nSignals go on to the program. COFFER_TOKEN is not in its environment. Keys that are no names of variables, or that\n' +
          'decide what a process runs (PATH, LD_…, NODE_OPTIONS and such), are left out, with a line on standard error.\n' +
          'Values are read once, before the program starts.',
      ),
    'coffer run --url http://127.0.0.1:8080 --token-file token --namespace company.team -- ./server --port 80',
    EXIT_CODES,
  ).action(async (given: readonly string[], options: Options) => {
    const [file, ...args] = programOf(given, options.command);
    const values = await valuesOf(options, terminal);
    const preserved = preservedOf(options.preserveEnv);
    const { environment, warnings } = childEnvironment({ own: terminal.env, values, preserved });
    warnings.forEach((warning) => terminal.err(`${warning}\n`));
    if (terminal.umask !== undefined) process.umask(terminal.umask);
    try {
      exitWith(await runChild({ file, args, environment, interactive: terminal.interactive }));
    } catch (error) {
      if (!(error instanceof ChildNotStartedError)) throw error;
      terminal.err(`error: ${error.message}\n`);
      exitWith(error.exitCode);
    }
  });
