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

/** Throws `configuration` for what it does not know. */
export const wantsHelp = (argv: readonly string[]): boolean => {
  try {
    const options = { config: { type: 'string' }, help: { type: 'boolean' } } as const;
    return parseArgs({ args: [...argv], options }).values.help ?? false;
  } catch {
    throw new CofferError('configuration', 'unknown argument; `npm start -- --help` shows what there is');
  }
};
