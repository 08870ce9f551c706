import { Command } from 'commander';
import { hashPassword, type Grant } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { accessSnippet } from '../access-snippet.js';
import { entryOfGrant, grantOption } from '../grant-option.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';
import { readPassword } from './read-password.js';
import { parseUsername } from './username.js';

interface Options {
  readonly username?: string;
  readonly grant?: readonly Grant[];
}

/** `coffer password hash`: the hash alone, or with a user's name and grants the whole entry. */
export const passwordHash = (terminal: Terminal): Command =>
  withExample(
    new Command('hash')
      .description('hash the password on standard input, and change nothing')
      .option('--username <name>', "the user's name, for the whole entry of the configuration", parseUsername)
      .addOption(grantOption())
      .addHelpText('after', '\nThe password comes from a pipe, never from an argument.'),
    `printf %s "$PASSWORD" | coffer password hash`,
  ).action(async ({ username, grant }: Options) => {
    if ((username === undefined) !== (grant === undefined)) {
      throw new CofferError(
        'invalid',
        'an entry needs both --username and --grant; without either, only the hash is made',
      );
    }
    const hash = await hashPassword(await readPassword(terminal));
    terminal.out(`${hash}\n`);
    if (username === undefined || grant === undefined) {
      terminal.err('This is the passwordHash of a user; --username and --grant print the whole entry.\n');
    } else {
      terminal.out(`\n${accessSnippet('users', { username, passwordHash: hash, grants: grant.map(entryOfGrant) })}`);
    }
  });
