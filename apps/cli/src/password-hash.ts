import { Command } from 'commander';
import { hashPassword, type Grant } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { accessSnippet } from './access-snippet.js';
import { grantOption } from './grant-option.js';
import { readPassword } from './read-password.js';
import type { Terminal } from './terminal.js';

/** RFC 7617 knows no colon in it; `${` would be a placeholder of the configuration. */
const USERNAME = /^[^:$\u0000-\u001f\u007f]+$/;

interface Options {
  readonly username?: string;
  readonly grant?: readonly Grant[];
}

/** `coffer password hash`: the hash alone, or with a user's name and grants the whole entry. */
export const passwordHash = (terminal: Terminal): Command =>
  new Command('hash')
    .description('hash the password on standard input for a user of the configuration')
    .option('--username <name>', "the user's name, for the whole entry of the configuration")
    .addOption(grantOption())
    .addHelpText('after', '\nThe password comes from a pipe, never from an argument.')
    .action(async ({ username, grant }: Options) => {
      if ((username === undefined) !== (grant === undefined)) {
        throw new CofferError(
          'invalid',
          'an entry needs both --username and --grant; without either, only the hash is made',
        );
      }
      if (username !== undefined && !USERNAME.test(username)) {
        throw new CofferError(
          'invalid',
          'a user name must not be empty or contain a colon, a $ or a control character',
        );
      }
      const hash = await hashPassword(await readPassword(terminal));
      terminal.out(`${hash}\n`);
      if (username === undefined || grant === undefined) {
        terminal.err('This is the passwordHash of a user; --username and --grant print the whole entry.\n');
      } else {
        terminal.out(`\n${accessSnippet('users', { username, passwordHash: hash, grants: grant })}`);
      }
    });
