import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, ROLES } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

interface Options {
  readonly role: string;
  readonly id?: string;
  readonly config?: string;
}

/** `coffer role revoke`: takes a role, or one of its secret ids, out of the configuration. */
export const roleRevoke = (terminal: Terminal): Command =>
  withExample(
    new Command('revoke')
      .description('end a role, or one of its secret ids, and every token that it gave')
      .requiredOption('--role <name>', 'the role')
      .option('--id <name>', 'of the secret id; without it the role ends with all of them')
      .addOption(configOption())
      .addHelpText('after', EDITS),
    'coffer role revoke --role deploy --id runner-7',
  ).action(async ({ role, id, config }: Options) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    changeAccess(
      file,
      {
        ...{ ...ROLES, entries: [role], ring },
        change: (document) => {
          const removed =
            id === undefined ? document.remove(ROLES, role) : document.removeWithin(ROLES, role, 'secretIds', id);
          if (!removed) throw new CofferError('not-found', `there is no such role or secret id in ${file}`);
        },
        holds: ({ roles }) =>
          roles.every((each) => each.id !== role || (id !== undefined && each.secretIds.every((one) => one.id !== id))),
      },
      terminal,
    );
    terminal.out(`${COUNTS_SOON}From then on their tokens are refused.\n`);
  });
