import type { Command } from 'commander';

const EXIT_CODES = '0 it is done, 1 it is not, and standard error says why';

/** What the help of every command ends with. */
export const withExample = (command: Command, example: string, exitCodes = EXIT_CODES): Command =>
  command.addHelpText('after', `\nExample:\n  ${example}\n\nExit codes: ${exitCodes}.`);

/** What the help of every command says that changes the configuration file. */
export const EDITS =
  '\nChanges the configuration file in place (--config, COFFER_CONFIG, ./coffer.yml or ./application.yml): comments and order' +
  '\nstay, the file as it was stays as FILE.bak, and a file that would be wrong afterwards stays as it was.';
