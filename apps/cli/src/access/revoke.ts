import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { BREAK_GLASS, COUNTS_SOON } from '../access-lists.js';
import { changeAccess, requireConfiguration } from '../configuration/access-change.js';
import { ringIfAny } from '../configuration/key-ring.js';
import { EDITS, withExample } from '../help-text.js';
import { configOption } from '../limits-options.js';
import type { Terminal } from '../terminal.js';

/** `coffer access revoke`: ends a break-glass grant before its time. */
export const accessRevoke = (terminal: Terminal): Command =>
  withExample(
    new Command('revoke')
      .description('end a grant of `coffer access grant` before its time')
      .argument('<id>', 'as `coffer access` shows it')
      .addOption(configOption())
      .addHelpText('after', EDITS),
    'coffer access revoke 20261130T004050Z-9f3a',
  ).action(async (id: string, { config }: { readonly config?: string }) => {
    const file = requireConfiguration(config, terminal);
    const ring = await ringIfAny(file, terminal);
    changeAccess(
      file,
      {
        ...{ ...BREAK_GLASS, entries: [id], ring },
        change: (document) => {
          if (!document.remove(BREAK_GLASS, id)) {
            throw new CofferError('not-found', `there is no such grant in ${file}; coffer access shows them`);
          }
        },
        holds: ({ breakGlass }) => breakGlass.every((each) => each.id !== id),
      },
      terminal,
    );
    terminal.out(COUNTS_SOON);
  });
