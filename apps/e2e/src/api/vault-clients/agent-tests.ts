import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { vaultProgram } from '@coffer/test-servers/vault';
import { NodeProcess, removeFolder, scratchFolder, until } from '../../harness/index.js';
import type { VaultTarget } from '../../vault-clients/target.js';

const EXAMPLES = join(__dirname, '../../../../../docs/guides/examples/vault-agent');

/** Notes its process and the password that it was started with, and stays. */
const SERVICE = `#!/bin/sh
echo "$$ $DB_PASSWORD" >> seen
exec sleep 3600
`;

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Vault Agent, with the files of the guide, against a target. */
export const agentTests = (targetOf: () => VaultTarget): void => {
  describe('Vault Agent', () => {
    let folder: string;
    let agent: NodeProcess | undefined;
    beforeEach(() => {
      folder = scratchFolder();
    });
    afterEach(async () => {
      await agent?.end();
      removeFolder(folder);
    });

    const put = async (password: string): Promise<void> => {
      const { address, token } = targetOf();
      const response = await fetch(`${address}/v1/secret/data/company/team/DB`, {
        method: 'PUT',
        headers: { 'x-vault-token': token, 'content-type': 'application/json' },
        body: JSON.stringify({ data: { user: 'app', password } }),
      });
      expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
    };
    const start = async (file: string): Promise<NodeProcess> =>
      (agent = NodeProcess.start(['agent', `-config=${join(EXAMPLES, file)}`], {
        program: await vaultProgram(),
        cwd: folder,
        env: { VAULT_ADDR: targetOf().address, HOME: folder },
        endBy: 'SIGTERM',
      }));
    const textOf = (file: string): string =>
      existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : '';
    const seen = async (what: string, file: string, text: RegExp): Promise<string> => {
      try {
        return await until(what, () => text.test(textOf(file)) && textOf(file));
      } catch (error) {
        throw new Error(`${what}: ${agent?.output().slice(-4_000) ?? ''}`, { cause: error });
      }
    };

    it('logs in by AppRole and writes a file anew when the secret changes', async () => {
      const { roleId, secretId } = targetOf().logins.appRole;
      writeFileSync(join(folder, 'role-id'), roleId);
      writeFileSync(join(folder, 'secret-id'), secretId);
      await put('first');
      await start('template.hcl');
      expect(await seen('the file is there', 'db.env', /first/)).toBe('DB_USER=app\nDB_PASSWORD=first\n');
      await put('second');
      expect(await seen('the file is changed', 'db.env', /second/)).toBe('DB_USER=app\nDB_PASSWORD=second\n');
      expect(agent?.running).toBe(true);
    });

    it('logs in by JWT and starts a program anew when the secret changes', async () => {
      writeFileSync(join(folder, 'job-token'), targetOf().logins.jwt.token);
      writeFileSync(join(folder, 'service'), SERVICE);
      chmodSync(join(folder, 'service'), 0o700);
      await put('first');
      await start('exec.hcl');
      const [first] = (await seen('the program runs', 'seen', /first\n/)).split(' ').map(Number);
      expect(isAlive(first ?? 0)).toBe(true);
      await put('second');
      const lines = (await seen('it runs anew', 'seen', /second\n/)).trim().split('\n');
      expect(lines.map((line) => line.split(' ')[1])).toEqual(['first', 'second']);
      await until('the first one has ended', () => !isAlive(first ?? 0));
    });
  });
};
