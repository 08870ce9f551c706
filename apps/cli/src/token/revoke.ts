import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { COUNTS_SOON, TOKENS } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

/** `coffer token revoke`: takes the entry out of the configuration. */
export const tokenRevoke = (terminal: Terminal): Command =>
  withExample(
    new Command('revoke')
      .description('end an access token: removes it from the configuration file')
      .argument('<id>', 'as `coffer token list` shows it')
      .addOption(configOption())
      .addHelpText('after', `${EDITS}\nThe first-start token is none of that file: coffer token revoke-first.`),
    'coffer token revoke ci',
  ).action(async (id: string, { config }: { readonly config?: string }) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    changeAccess(
      file,
      {
        ...{ ...TOKENS, entries: [id], ring },
        change: (document) => {
          if (!document.remove(TOKENS, id)) {
            throw new CofferError('not-found', `there is no token of that id in ${file}; coffer token list shows them`);
          }
        },
        holds: ({ tokens }) => tokens.every((each) => each.id !== id),
      },
      terminal,
    );
    terminal.out(`${COUNTS_SOON}From then on the token is refused.\n`);
  });
