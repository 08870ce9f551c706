import { parseArgs } from 'node:util';
import { CofferError } from '@coffer/secrets';

export const HELP = `Coffer in one process: API, worker and coordinator, with nothing else to install.

Usage: npm start [-- --config FILE]

  --config FILE   configuration, in Kestra's own keys (README.md shows one); also by COFFER_CONFIG,
                  else ./coffer.yml or ./application.yml, else an embedded database in the data folder
  --help          this text

Environment:
  COFFER_PORT       where to listen, default 8080
  COFFER_DATA_DIR   data folder, default ./data
`;

export interface CommandLine {
  readonly help: boolean;
  readonly port: number | undefined;
  readonly dataFolder: string;
}

const parsePort = (text: string | undefined): number | undefined => {
  if (text === undefined || text === '') return undefined;
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new CofferError('configuration', 'COFFER_PORT must be a port number from 0 to 65535');
  }
  return port;
};

/** Throws `configuration` for what it does not know. */
export const readCommandLine = (argv: readonly string[], env: NodeJS.ProcessEnv): CommandLine => {
  let help: boolean | undefined;
  try {
    ({ help } = parseArgs({
      args: [...argv],
      options: { config: { type: 'string' }, help: { type: 'boolean' } },
    }).values);
  } catch {
    throw new CofferError('configuration', 'unknown argument; `npm start -- --help` shows what there is');
  }
  return { help: help ?? false, port: parsePort(env['COFFER_PORT']), dataFolder: env['COFFER_DATA_DIR'] || './data' };
};
