import { Command } from 'commander';
import { createAccessToken, hashAccessToken, type Grant } from '@coffer/access';
import type { Entry } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { COUNTS_SOON, parseId, TOKENS } from '../access-lists.js';
import { accessSnippet } from '../access-snippet.js';
import { changeAccess, findConfiguration } from '../configuration/access-change.js';
import { ringOf } from '../configuration/key-ring.js';
import { entryOfGrant, grantOption } from '../grant-option.js';
import { EDITS, withExample } from '../help-text.js';
import { cidrOption, configOption, expiresOption } from '../limits-options.js';
import { handOver, requirePlace, secretFileOption } from '../new-secret.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly id: string;
  readonly grant: readonly Grant[];
  readonly expires?: string;
  readonly cidr?: readonly string[];
  readonly config?: string;
  readonly secretFile?: string;
  readonly print?: boolean;
}

const HELP =
  `${EDITS}\nThe token is hashed under coffer.encryption.keys of that file, or, where it has none, under the root key of the` +
  '\ndata folder: COFFER_DATA_DIR, else ./data.';

/** `coffer token create`: shows a new token, of which its hash alone is kept, and puts its entry into the configuration. */
export const tokenCreate = (terminal: Terminal): Command =>
  withExample(
    new Command('create')
      .description('make an access token: shows it once, and lets it in by the configuration file')
      .requiredOption('--id <name>', 'names the token in the audit log, not a secret', parseId)
      .addOption(grantOption().makeOptionMandatory())
      .addOption(expiresOption())
      .addOption(cidrOption())
      .addOption(configOption())
      .addOption(secretFileOption())
      .option('--print', 'print the entry instead of changing the file; also done where there is no file')
      .addHelpText('after', HELP),
    'coffer token create --id ci --grant company.team:list,resolve --expires 90d',
  ).action(async ({ id, grant, expires, cidr, config, secretFile, print = false }: Options) => {
    requirePlace(secretFile, terminal);
    const file = findConfiguration(config, terminal);
    const ring = await ringOf(file, terminal);
    const token = createAccessToken();
    const entry: Entry = {
      id,
      hash: hashAccessToken(ring, token),
      ...(expires === undefined ? {} : { expires }),
      ...(cidr === undefined ? {} : { cidrs: cidr }),
      grants: grant.map(entryOfGrant),
    };
    if (file === undefined || print) {
      handOver('access token', token, secretFile, terminal, () => undefined);
      return terminal.out(`\n${accessSnippet('tokens', entry)}`);
    }
    const accept = (): void =>
      changeAccess(
        file,
        {
          ...TOKENS,
          entries: [id],
          ring,
          change: (document) => {
            if (document.names(TOKENS).includes(id)) {
              throw new CofferError(
                'invalid',
                `there is a token '${id}' already; choose another id, or revoke it first`,
              );
            }
            document.put(TOKENS, entry);
          },
          holds: ({ tokens }) => tokens.some((each) => each.id === id && each.hash === entry['hash']),
        },
        terminal,
      );
    handOver('access token', token, secretFile, terminal, accept);
    terminal.out(COUNTS_SOON);
  });
