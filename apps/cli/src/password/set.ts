import { hashPassword, type Grant } from '@coffer/access';
import type { Entry } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, USERS } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { entryOfGrant, grantOption } from '../grant-option.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';
import { readPassword } from './read-password.js';
import { parseUsername } from './username.js';

interface Options {
  readonly username: string;
  readonly grant?: readonly Grant[];
  readonly config?: string;
}

/** `coffer password set`: gives a user of the configuration another password, or makes the user. */
export const passwordSet = (terminal: Terminal): Command =>
  withExample(
    new Command('set')
      .description('give a user of the configuration file the password on standard input; a new user needs --grant')
      .requiredOption('--username <name>', 'the name to log in with', parseUsername)
      .addOption(grantOption())
      .addOption(configOption())
      .addHelpText('after', `\nThe password comes from a pipe, never from an argument.\n${EDITS}`),
    `printf %s "$PASSWORD" | coffer password set --username ann --grant company:list,write`,
  ).action(async ({ username, grant, config }: Options) => {
    const file = requireConfiguration(config, terminal);
    const passwordHash = await hashPassword(await readPassword(terminal));
    const ring = await ringIfAny(file, terminal);
    const entry: Entry = {
      ...{ username, passwordHash },
      ...(grant === undefined ? {} : { grants: grant.map(entryOfGrant) }),
    };
    changeAccess(
      file,
      {
        ...{ ...USERS, entries: [username], ring },
        change: (document) => {
          if (grant === undefined && !document.names(USERS).includes(username)) {
            throw new CofferError('invalid', `there is no user of that name in ${file}; a new one needs --grant`);
          }
          document.put(USERS, entry);
        },
        holds: ({ users }) =>
          users.some((user) => user.username === username && user.passwordHash.reveal() === passwordHash),
      },
      terminal,
    );
    terminal.out(`${COUNTS_SOON}From then on any other password of that user is refused.\n`);
  });
