import type { Grant } from '@coffer/access';
import type { Entry } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, parseId, ROLES } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { entryOfGrant, grantOption } from '../grant-option.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly id: string;
  readonly grant: readonly Grant[];
  readonly tokenTtl?: string;
  readonly config?: string;
}

/** `coffer role create`: puts a role without secret ids into the configuration. */
export const roleCreate = (terminal: Terminal): Command =>
  withExample(
    new Command('create')
      .description('make a role, whose secret ids give tokens for a short while')
      .requiredOption('--id <name>', 'names the role; not a secret', parseId)
      .addOption(grantOption().makeOptionMandatory())
      .option('--token-ttl <duration>', 'how long a token counts, from 1s to 1h; 1h when absent')
      .addOption(configOption())
      .addHelpText('after', `${EDITS}\nNobody can log in before it has a secret id: coffer role secret-id.`),
    'coffer role create --id deploy --grant company.team:resolve --token-ttl 15m',
  ).action(async ({ id, grant, tokenTtl, config }: Options) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    const entry: Entry = {
      id,
      ...(tokenTtl === undefined ? {} : { tokenTtl }),
      grants: grant.map(entryOfGrant),
    };
    changeAccess(
      file,
      {
        ...{ ...ROLES, entries: [id], ring },
        change: (document) => {
          if (document.names(ROLES).includes(id)) throw new CofferError('invalid', `there is a role '${id}' already`);
          document.put(ROLES, entry);
        },
        holds: ({ roles }) => roles.some((role) => role.id === id),
      },
      terminal,
    );
    terminal.out(COUNTS_SOON);
  });
