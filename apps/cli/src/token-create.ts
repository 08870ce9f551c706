import { Command } from 'commander';
import { createAccessToken, hashAccessToken, type Grant } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { accessSnippet } from './access-snippet.js';
import { grantOption } from './grant-option.js';
import { ringOfConfiguration, ringOfDataFolder } from './root-key.js';
import type { Terminal } from './terminal.js';

interface Options {
  readonly id: string;
  readonly grant: readonly Grant[];
  /** Of a distributed Coffer, whose keys are in its configuration. */
  readonly config?: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

const parseId = (text: string): string => {
  if (NAME.test(text)) return text;
  throw new CofferError('invalid', 'the id must have 1 to 64 letters, digits, ., _ and -, for example ci-deploy');
};

/** `coffer token create`: prints a new token, which is kept nowhere, and the entry that makes it count. */
export const tokenCreate = (terminal: Terminal): Command =>
  new Command('create')
    .description('make an access token; prints it once, with the entry for the configuration that lets it in')
    .requiredOption('--id <name>', 'names the token in the audit log, not a secret', parseId)
    .addOption(grantOption().makeOptionMandatory())
    .option('--config <file>', 'of a distributed Coffer: hash under its coffer.encryption.keys')
    .addHelpText('after', '\nWithout --config, reads the root key of the data folder: COFFER_DATA_DIR, else ./data.')
    .action(async ({ id, grant, config }: Options) => {
      const ring =
        config === undefined ? await ringOfDataFolder(terminal.env) : await ringOfConfiguration(config, terminal.env);
      const token = createAccessToken();
      terminal.out(`access token: ${token.reveal()}\n`);
      terminal.out('Keep it now: only its hash is kept, and it cannot be shown again.\n\n');
      terminal.out(accessSnippet('tokens', { id, hash: hashAccessToken(ring, token), grants: grant }));
    });
