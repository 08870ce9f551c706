import createClient from 'node-vault';
import type { VaultTarget } from '../../vault-clients/target.js';

interface Answer {
  readonly data: Readonly<Record<string, unknown>>;
  readonly auth: { readonly client_token: string };
}

/** node-vault, against a target. */
export const nodeVaultTests = (targetOf: () => VaultTarget): void => {
  describe('node-vault', () => {
    const connect = (token?: string) =>
      createClient({ endpoint: targetOf().address, ...(token === undefined ? {} : { token }) });
    const refusal = async (calling: Promise<unknown>): Promise<string> =>
      calling.then(
        () => 'no error',
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );

    it('reads, writes, lists and deletes', async () => {
      const client = connect(targetOf().token);
      const place = 'secret/data/company/node/DB';
      expect(await client.write(place, { data: { user: 'app' } })).toMatchObject({ data: { version: 1 } });
      const cas = (version: number) => client.write(place, { data: { user: 'new' }, options: { cas: version } });
      expect(await refusal(cas(0))).toContain('check-and-set parameter did not match');
      expect(await cas(1)).toMatchObject({ data: { version: 2 } });
      expect(await client.update(place, { data: { host: 'db' } })).toMatchObject({ data: { version: 3 } });
      const { data } = (await client.read(place)) as Answer;
      expect(data).toMatchObject({ data: { user: 'new', host: 'db' }, metadata: { version: 3 } });
      await client.write('secret/data/company/node/deep/KEY', { data: { value: 'v' } });
      expect(await client.list('secret/metadata/company/node')).toMatchObject({ data: { keys: ['DB', 'deep/'] } });
      await client.delete(place);
      expect(await refusal(client.read(place))).toBe('Status 404');
      expect(await refusal(client.list('secret/metadata/company/none'))).toBe('Status 404');
    });

    it('logs in, looks itself up and ends its token', async () => {
      const { token, logins } = targetOf();
      await connect(token).write('secret/data/company/node/LOGIN', { data: { value: 'in' } });
      const logIns = {
        approle: { role_id: logins.appRole.roleId, secret_id: logins.appRole.secretId },
        jwt: { role: logins.jwt.role, jwt: logins.jwt.token },
        [`userpass/${logins.userpass.username}`]: { password: logins.userpass.password },
      };
      for (const [method, body] of Object.entries(logIns)) {
        const [path, ...user] = method.split('/');
        const { auth } = (await connect().write(`auth/${[path, 'login', ...user].join('/')}`, body)) as Answer;
        const client = connect(auth.client_token);
        const { data } = (await client.tokenLookupSelf()) as Answer;
        expect(data['ttl']).toBeGreaterThan(0);
        expect(await client.read('secret/data/company/node/LOGIN')).toMatchObject({ data: { data: { value: 'in' } } });
        const denied = client.write('secret/data/company/node/LOGIN', { data: { value: 'x' } });
        expect(await refusal(denied)).toContain('permission denied');
        await client.tokenRevokeSelf();
      }
      expect(await refusal(connect('hvs.unknown').tokenLookupSelf())).toContain('permission denied');
    });

    it('sees a server that is ready', async () => {
      const client = connect(targetOf().token);
      expect(await client.health()).toMatchObject({ initialized: true, sealed: false, standby: false });
      expect(await client.status()).toMatchObject({ initialized: true, sealed: false });
    });
  });
};
