import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIRST_TOKEN_FILE, FIRST_TOKEN_REVOKED_FILE } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { Command } from 'commander';
import { dataFolderOf } from '../data-folder.js';
import { withExample } from '../help-text.js';
import type { Terminal } from '../terminal.js';

/**
 * `coffer token revoke-first`: leaves a mark in the data folder, which a running Coffer sees within a second and one that
 * starts sees first; the folder's own database is held by the process that runs.
 */
export const tokenRevokeFirst = (terminal: Terminal): Command =>
  withExample(
    new Command('revoke-first')
      .description('revoke the first-start token of the data folder, for good')
      .addHelpText(
        'after',
        '\nThe data folder: COFFER_DATA_DIR, else ./data. Make another token first: `coffer token create`.',
      ),
    'COFFER_DATA_DIR=/var/lib/coffer coffer token revoke-first',
  ).action(() => {
    const folder = dataFolderOf(terminal.env);
    if (!existsSync(join(folder, 'root.key'))) {
      throw new CofferError(
        'configuration',
        `${folder} is no data folder; set COFFER_DATA_DIR to the one of the Coffer`,
      );
    }
    try {
      writeFileSync(join(folder, FIRST_TOKEN_REVOKED_FILE), '', { mode: 0o600 });
      rmSync(join(folder, FIRST_TOKEN_FILE), { force: true });
    } catch (error) {
      const reason = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new CofferError(
        'configuration',
        `${folder} cannot be written (${reason}); run this as the user that runs Coffer`,
      );
    }
    terminal.out('The first-start token is revoked; a running Coffer refuses it within 2 seconds.\n');
  });
