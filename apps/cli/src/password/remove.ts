import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, USERS } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

/** `coffer password remove`: takes the user out of the configuration. */
export const passwordRemove = (terminal: Terminal): Command =>
  withExample(
    new Command('remove')
      .description('remove a user from the configuration file')
      .requiredOption('--username <name>', 'the name to log in with')
      .addOption(configOption())
      .addHelpText('after', EDITS),
    'coffer password remove --username ann',
  ).action(async ({ username, config }: { readonly username: string; readonly config?: string }) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    changeAccess(
      file,
      {
        ...{ ...USERS, entries: [username], ring },
        change: (document) => {
          if (!document.remove(USERS, username)) {
            throw new CofferError('not-found', `there is no user of that name in ${file}; coffer access shows them`);
          }
        },
        holds: ({ users }) => users.every((user) => user.username !== username),
      },
      terminal,
    );
    terminal.out(`${COUNTS_SOON}From then on the user is refused.\n`);
  });
