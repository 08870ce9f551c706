import { parseArgs } from 'node:util';
import { CofferError } from '@coffer/secrets';

/** Whether `--help` is asked for. Throws `configuration` for what is neither that nor `--config FILE`. */
export const wantsHelp = (argv: readonly string[]): boolean => {
  try {
    const options = { config: { type: 'string' }, help: { type: 'boolean' } } as const;
    return parseArgs({ args: [...argv], options }).values.help ?? false;
  } catch {
    throw new CofferError(
      'configuration',
      'unknown argument, or a value that is missing: there are --config FILE and --help',
    );
  }
};

/** The part of a service's help that is the same for all of them. */
export const CONFIGURATION_HELP = `  --config FILE   configuration, in Kestra's own keys (README.md shows one); also by COFFER_CONFIG,
                  else ./coffer.yml or ./application.yml
  --help          this text
`;
