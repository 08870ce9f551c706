import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { consulTemplateProgram } from '@coffer/test-servers/vault-clients';
import { NodeProcess, removeFolder, scratchFolder, until } from '../../harness/index.js';
import { printError } from '../../harness/outcome.js';
import { exampleFile } from '../../vault-clients/guide-examples.js';
import { putSecret } from '../../vault-clients/put-secret.js';
import type { ClientCheck } from './client-check.js';

/** The file of the guide is written, and anew when the secret changes. */
export const consulTemplate: ClientCheck = {
  name: 'consul-template',
  prepare: consulTemplateProgram,
  run: async (target) => {
    const folder = scratchFolder();
    const file = join(folder, 'db.env');
    const textOf = (): string => (existsSync(file) ? readFileSync(file, 'utf8') : '');
    await putSecret(target, 'company/team/DB', { user: 'app', password: 'first' });
    const config = exampleFile('consul-template', 'config.hcl');
    const child = NodeProcess.start([`-config=${config}`, `-vault-addr=${target.address}`], {
      program: await consulTemplateProgram(printError),
      cwd: folder,
      env: { VAULT_TOKEN: target.readerToken },
      endBy: 'SIGTERM',
    });
    const isWritten = (password: string): Promise<boolean> =>
      until(`consul-template writes "${password}"`, () => textOf() === `DB_USER=app\nDB_PASSWORD=${password}\n`);
    try {
      await isWritten('first');
      await putSecret(target, 'company/team/DB', { user: 'app', password: 'second' });
      await isWritten('second');
      return [];
    } catch (error) {
      return [`${String(error)}: ${child.output().slice(-2_000)}`];
    } finally {
      await child.end();
      removeFolder(folder);
    }
  },
};
