import { removeFolder, scratchFolder } from '../../harness/index.js';
import { byKind, type VaultTarget } from '../../vault-clients/target.js';
import { vaultCommand, type CommandOptions, type CommandResult } from '../../vault-clients/vault-command.js';

/**
 * Where Coffer is meant to differ from Vault. Each of these is a row of docs/guides/vault-recipes.md, "What differs"; the
 * reference is run as well, so that a row that is no difference is noticed.
 */
export const differenceTests = (targetOf: () => VaultTarget): void => {
  describe('what differs', () => {
    const home = scratchFolder();
    afterAll(() => removeFolder(home));
    const vault = (args: string, options?: CommandOptions): Promise<CommandResult> =>
      vaultCommand(targetOf(), home)(args.split(' '), options);
    const ok = async (args: string): Promise<unknown> => {
      const { code, output, error } = await vault(args);
      expect([args, code, error]).toEqual([args, 0, '']);
      return output;
    };
    /** 0 with Vault; 2 and a text with Coffer. */
    const differs = async (args: string, error: RegExp): Promise<void> => {
      const result = await vault(args);
      expect([args, result]).toEqual([
        args,
        byKind(targetOf(), {
          vault: expect.objectContaining({ code: 0 }) as CommandResult,
          coffer: expect.objectContaining({ code: 2, error: expect.stringMatching(error) as string }) as CommandResult,
        }),
      ]);
    };

    it('older versions are not kept', async () => {
      await ok('kv put secret/company/differs/OLD a=1');
      await ok('kv put secret/company/differs/OLD a=2');
      await differs('kv get -version=1 secret/company/differs/OLD', /./);
      expect(await ok('kv get -version=2 -field=a secret/company/differs/OLD')).toBe('2');
    });

    it('what is deleted does not come back, and each deletion counts as a version', async () => {
      await ok('kv put secret/company/differs/GONE a=1');
      await ok('kv delete secret/company/differs/GONE');
      await differs('kv undelete -versions=1 secret/company/differs/GONE', /undelete|deleted/i);
      await ok('kv delete secret/company/differs/GONE');
      const { data } = (await ok('kv put secret/company/differs/GONE a=2')) as { data: { version: number } };
      expect(data.version).toBe(byKind(targetOf(), { vault: 2, coffer: 4 }));
    });

    it('versions are not destroyed one by one', async () => {
      await ok('kv put secret/company/differs/ONE a=1');
      await differs('kv destroy -versions=1 secret/company/differs/ONE', /destroy/i);
    });

    it('how many versions are kept, and for how long, is nothing that can be set', async () => {
      await ok('kv put secret/company/differs/SET a=1');
      await differs('kv metadata put -max-versions=3 secret/company/differs/SET', /max_versions/);
      await differs('kv metadata put -delete-version-after=1h secret/company/differs/SET', /delete_version_after/);
      await differs('kv metadata put -cas-required=true secret/company/differs/SET', /cas_required/);
    });

    it('a secret lies in a namespace', async () => {
      await differs('kv put secret/ALONE a=1', /namespace/);
      await differs('kv put secret/Company/Team/DB a=1', /namespace/);
    });

    it('policies, engines and wrapping are not offered', async () => {
      await differs('policy list', /no handler for route/);
      await differs('secrets list', /no handler for route/);
      await differs('auth list', /no handler for route/);
      await differs('kv get -wrap-ttl=1m secret/company/differs/SET', /wrap/i);
    });
  });
};
