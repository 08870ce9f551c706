import { randomBytes } from 'node:crypto';
import { startServer } from '../cluster/killable-server.js';
import { until } from '../harness/until.js';
import { AUDIENCE, ISSUER, JobIssuer, JWT_ROLE, READABLE, SUBJECT, type VaultTarget } from './target.js';

const POLICY = `
path "secret/data/${READABLE}/*" { capabilities = ["read"] }
path "secret/metadata/${READABLE}/*" { capabilities = ["read", "list"] }
`;
const POLICIES = { token_policies: ['reader'] };

interface VaultAnswer {
  readonly data?: Readonly<Record<string, string>>;
  readonly auth?: { readonly client_token: string };
}

/** An operator of one server. */
class Operator {
  constructor(
    private readonly address: string,
    private readonly token: string,
  ) {}

  async do(method: string, path: string, body?: object): Promise<VaultAnswer> {
    const response = await fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': this.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === '' ? {} : (JSON.parse(text) as VaultAnswer);
  }

  /** An engine of version 2 refuses everything until it has made itself ready. */
  async engineReady(): Promise<void> {
    await until('the KV engine is ready', () =>
      this.do('GET', 'secret/config').then(
        () => true,
        () => false,
      ),
    );
  }
}

/** HashiCorp's own server in development mode, with the same log-ins that Coffer gets. */
export const startVault = async (issuer = new JobIssuer()): Promise<VaultTarget> => {
  const server = await startServer('vault');
  const [address = '', token = ''] = [server.env['COFFER_TEST_VAULT_ADDR'], server.env['COFFER_TEST_VAULT_TOKEN']];
  const operator = new Operator(address, token);
  const password = randomBytes(12).toString('hex');
  await operator.do('PUT', 'sys/policies/acl/reader', { policy: POLICY });
  for (const type of ['approle', 'userpass', 'jwt']) await operator.do('POST', `sys/auth/${type}`, { type });
  await operator.do('POST', 'auth/approle/role/deploy', POLICIES);
  await operator.do('POST', 'auth/userpass/users/ann', { ...POLICIES, password });
  await operator.do('POST', 'auth/jwt/config', { jwt_validation_pubkeys: [issuer.publicKey], bound_issuer: ISSUER });
  await operator.do('POST', `auth/jwt/role/${JWT_ROLE}`, {
    ...POLICIES,
    role_type: 'jwt',
    user_claim: 'sub',
    bound_audiences: [AUDIENCE],
    bound_subject: SUBJECT,
  });
  const { data: role } = await operator.do('GET', 'auth/approle/role/deploy/role-id');
  const { data: secret } = await operator.do('POST', 'auth/approle/role/deploy/secret-id');
  const { auth } = await operator.do('POST', 'auth/token/create', { policies: ['reader'] });
  await operator.engineReady();
  return {
    kind: 'vault',
    address,
    token,
    readerToken: auth?.client_token ?? '',
    logins: {
      appRole: { roleId: role?.['role_id'] ?? '', secretId: secret?.['secret_id'] ?? '' },
      userpass: { username: 'ann', password },
      jwt: { role: JWT_ROLE, token: issuer.sign() },
    },
    close: () => server.stop(),
  };
};
