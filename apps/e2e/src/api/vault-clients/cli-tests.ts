import { removeFolder, scratchFolder } from '../../harness/index.js';
import { byKind, type VaultTarget } from '../../vault-clients/target.js';
import { vaultCommand, type CommandOptions, type CommandResult } from '../../vault-clients/vault-command.js';

/** The `vault` command line of HashiCorp against a target. */
export const cliTests = (targetOf: () => VaultTarget): void => {
  describe('the vault command line', () => {
    const home = scratchFolder();
    afterAll(() => removeFolder(home));
    const vault = (args: string, options?: CommandOptions): Promise<CommandResult> =>
      vaultCommand(targetOf(), home)(args.split(' '), options);
    const ok = async (args: string, options?: CommandOptions): Promise<unknown> => {
      const { code, output, error } = await vault(args, options);
      expect([args, code, error]).toEqual([args, 0, '']);
      return output;
    };
    const refused = async (args: string, options?: CommandOptions): Promise<string> => {
      const { code, output, error } = await vault(args, options);
      expect([args, code, output]).toEqual([args, 2, '']);
      return error;
    };
    const created = { created_time: expect.any(String) as string, deletion_time: '', destroyed: false };
    const version = (number: number, custom: object | null = null) => ({
      version: number,
      custom_metadata: custom,
      ...created,
    });

    it('shows the status of the server', async () => {
      expect(await ok('status')).toMatchObject({ initialized: true, sealed: false });
    });

    it('logs in with a token and with a password, and keeps the token', async () => {
      const { token, readerToken, logins } = targetOf();
      expect(await ok('login -', { input: readerToken, token: '' })).toMatchObject({
        auth: { client_token: readerToken },
      });
      await ok('kv put secret/company/team/LOGIN value=in', { token });
      expect(await ok('kv get -field=value secret/company/team/LOGIN', { token: '' })).toBe('in');
      const { username, password } = logins.userpass;
      const input = password;
      const answer = await ok(`login -method=userpass username=${username} password=-`, { input, token: '' });
      expect(answer).toMatchObject({ auth: { client_token: expect.any(String) as string } });
      expect(await ok('kv get -field=value secret/company/team/LOGIN', { token: '' })).toBe('in');
    });

    it('logs in by AppRole and by JWT', async () => {
      const { appRole, jwt } = targetOf().logins;
      await ok('kv put secret/company/team/LOGIN value=in');
      for (const login of [
        `auth/approle/login role_id=${appRole.roleId} secret_id=${appRole.secretId}`,
        `auth/jwt/login role=${jwt.role} jwt=${jwt.token}`,
      ]) {
        const answer = (await ok(`write ${login}`, { token: '' })) as { auth: { client_token: string } };
        expect(answer).toMatchObject({ auth: { lease_duration: expect.any(Number) as number } });
        const { client_token: token } = answer.auth;
        expect(await ok('kv get -field=value secret/company/team/LOGIN', { token })).toBe('in');
        const lookup = (await ok('token lookup', { token })) as { data: { ttl: number } };
        expect(lookup.data.ttl).toBeGreaterThan(0);
      }
    });

    it('refuses who is unknown, and what is not granted', async () => {
      const { readerToken, logins } = targetOf();
      const { appRole, userpass, jwt } = logins;
      expect(await refused('kv get secret/company/team/LOGIN', { token: 'hvs.unknown' })).toMatch(
        /Code: 403.*permission denied/,
      );
      expect(await refused('kv put secret/company/team/X a=b', { token: readerToken })).toMatch(
        /Code: 403.*permission denied/,
      );
      expect(await refused('kv get secret/elsewhere/team/X', { token: readerToken })).toMatch(
        /Code: 403.*permission denied/,
      );
      const logIns = [
        `auth/approle/login role_id=${appRole.roleId} secret_id=${appRole.secretId}x`,
        `auth/userpass/login/${userpass.username} password=wrong`,
        `auth/jwt/login role=${jwt.role} jwt=${jwt.token.slice(0, -8)}AAAAAAAA`,
      ];
      for (const login of logIns) expect(await refused(`write ${login}`, { token: '' })).toMatch(/Code: 40[03]/);
    });

    it('puts and gets, and counts versions from 1', async () => {
      expect(await ok('kv put secret/company/team/DB user=app password=first')).toMatchObject({ data: version(1) });
      expect(await ok('kv put -mount=secret company/team/DB user=app password=second')).toMatchObject({
        data: version(2),
      });
      expect(await ok('kv get secret/company/team/DB')).toMatchObject({
        lease_id: '',
        lease_duration: 0,
        renewable: false,
        data: { data: { user: 'app', password: 'second' }, metadata: version(2) },
      });
      expect(await ok('kv get -mount=secret -field=password company/team/DB')).toBe('second');
      expect(await ok('read -field=data secret/data/company/team/DB')).toEqual({ user: 'app', password: 'second' });
      expect(await refused('kv get secret/company/team/ABSENT')).toBe(
        'No value found at secret/data/company/team/ABSENT',
      );
    });

    it('keeps fields that are no texts as they are', async () => {
      const fields = {
        text: 'ü "q" \n',
        number: 1.5,
        yes: true,
        nothing: null,
        list: [1, 'b'],
        map: { deep: { er: [] } },
      };
      await ok('kv put secret/company/team/FIELDS -', { input: JSON.stringify(fields) });
      expect(await ok('kv get -field=data secret/company/team/FIELDS')).toEqual(fields);
    });

    it('puts by check-and-set, and refuses a version that is not the newest', async () => {
      await ok('kv put -cas=0 secret/company/team/CAS n=1');
      const mismatch = 'check-and-set parameter did not match the current version';
      expect(await refused('kv put -cas=0 secret/company/team/CAS n=2')).toContain(mismatch);
      expect(await refused('kv put -cas=2 secret/company/team/CAS n=2')).toContain(mismatch);
      expect(await ok('kv put -cas=1 secret/company/team/CAS n=2')).toMatchObject({ data: version(2) });
      expect(await ok('kv get -field=n secret/company/team/CAS')).toBe('2');
    });

    it('patches some fields and keeps the others', async () => {
      await ok('kv put secret/company/team/PATCH user=app password=first');
      expect(await ok('kv patch secret/company/team/PATCH password=second')).toMatchObject({ data: version(2) });
      expect(await ok('kv patch -method=rw secret/company/team/PATCH host=db')).toMatchObject({ data: version(3) });
      const fields = { user: 'app', password: 'second', host: 'db' };
      expect(await ok('kv get -field=data secret/company/team/PATCH')).toEqual(fields);
      expect(await refused('kv patch -cas=2 secret/company/team/PATCH host=other')).toContain('check-and-set');
      expect(await refused('kv patch secret/company/team/ABSENT a=b')).toMatch(/No value found|Code: 404/);
    });

    it('lists secrets and folders', async () => {
      for (const path of ['b', 'a', 'deep/er/C', 'a/below']) await ok(`kv put secret/company/list/${path} a=b`);
      expect(await ok('kv list secret/company/list')).toEqual(['a', 'a/', 'b', 'deep/']);
      expect(await ok('kv list -mount=secret company/list/deep')).toEqual(['er/']);
      expect(await ok('list secret/metadata/company/list/deep/er')).toEqual(['C']);
      expect(await vault('kv list secret/company/nothing')).toMatchObject({ code: 2 });
    });

    it('shows and sets metadata', async () => {
      await ok('kv put secret/company/team/META a=b');
      await ok('kv put secret/company/team/META a=c');
      await ok('kv metadata put -custom-metadata=owner=ops -custom-metadata=stage=prod secret/company/team/META');
      const custom = { owner: 'ops', stage: 'prod' };
      expect(await ok('kv metadata get secret/company/team/META')).toMatchObject({
        data: { current_version: 2, custom_metadata: custom, versions: { 2: created } },
      });
      expect(await ok('kv get secret/company/team/META')).toMatchObject({ data: { metadata: version(2, custom) } });
      await ok('kv metadata patch -custom-metadata=stage=test secret/company/team/META');
      expect(await ok('kv metadata get secret/company/team/META')).toMatchObject({
        data: { custom_metadata: { owner: 'ops', stage: 'test' } },
      });
      expect(await refused('kv metadata get secret/company/team/ABSENT')).toContain('No value found');
    });

    it('deletes', async () => {
      await ok('kv put secret/company/team/GONE a=b');
      await ok('kv delete secret/company/team/GONE');
      const { error } = await vault('kv get -field=a secret/company/team/GONE');
      expect(error).toBe(
        byKind(targetOf(), {
          vault: 'No data found at secret/data/company/team/GONE',
          coffer: 'No value found at secret/data/company/team/GONE',
        }),
      );
      await ok('kv put secret/company/team/GONE a=again');
      expect(await ok('kv get -field=a secret/company/team/GONE')).toBe('again');
      await ok('kv put secret/company/team/GONE a=newest');
      await ok('kv delete -versions=1 secret/company/team/GONE');
      expect(await ok('kv get -field=a secret/company/team/GONE')).toBe('newest');
      await ok('kv metadata delete secret/company/team/GONE');
      expect(await refused('kv get secret/company/team/GONE')).toContain('No value found');
      expect(await vault('kv list secret/company/team')).not.toMatchObject({
        output: expect.arrayContaining(['GONE']) as string[],
      });
    });
  });
};
