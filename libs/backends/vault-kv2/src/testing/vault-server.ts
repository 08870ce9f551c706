import { isJsonObject, exactJsonText } from '@coffer/secrets';
import { randomBytes } from 'node:crypto';
import type { VaultAnswer } from '../transport.js';
import { parseJson } from '../json.js';

const named = (variable: string): string => {
  const text = process.env[variable];
  if (text !== undefined && text !== '') return text;
  throw new Error(
    `${variable} is not set: run the tests by 'npm test', or start the server with 'npm run servers -- up vault'`,
  );
};

/** A name that no other run uses. */
export const freshName = (): string => `coffer-test-${randomBytes(6).toString('hex')}`;

/** Characters that a careless adapter would have to quote; seen in an error, it is a leak. */
export const freshPassword = (): string => `pa"ss w@rd/${randomBytes(9).toString('hex')}`;

/**
 * What an operator does, on the server of `COFFER_TEST_VAULT_ADDR`, with the token of `COFFER_TEST_VAULT_TOKEN`, which
 * may make engines, policies, login methods and tokens. Throws a sentence where one is missing: no suite skips itself.
 */
export class VaultServer {
  readonly address = named('COFFER_TEST_VAULT_ADDR').replace(/\/+$/, '');
  readonly token = named('COFFER_TEST_VAULT_TOKEN');

  async ask(method: string, path: string, body?: object, token = this.token): Promise<VaultAnswer> {
    const response = await fetch(`${this.address}/v1/${path}`, {
      method,
      headers: { 'x-vault-token': token },
      ...(body === undefined ? {} : { body: exactJsonText(body) }),
    });
    const json = parseJson(await response.text());
    return { status: response.status, body: isJsonObject(json) ? json : undefined };
  }

  /** As `ask`; throws what Vault says where it is no success. */
  async do(
    method: string,
    path: string,
    body?: object,
    token = this.token,
  ): Promise<Readonly<Record<string, unknown>>> {
    const { status, body: answer = {} } = await this.ask(method, path, body, token);
    if (status >= 200 && status < 300) return answer;
    throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer['errors'])}`);
  }

  async makeEngine(mount: string, version: '1' | '2' = '2'): Promise<void> {
    await this.do('POST', `sys/mounts/${mount}`, { type: 'kv', options: { version } });
    // A new engine of version 2 refuses everything until it has made itself ready.
    if (version === '2') while ((await this.ask('GET', `${mount}/config`)).status !== 200);
  }

  async removeEngine(mount: string): Promise<void> {
    await this.do('DELETE', `sys/mounts/${mount}`);
  }

  /** The method stays: other runs use it too. */
  async enableLogin(type: string, path = type): Promise<void> {
    const { status, body } = await this.ask('POST', `sys/auth/${path}`, { type });
    if (status < 300 || JSON.stringify(body?.['errors']).includes('already in use')) return;
    throw new Error(`${type} cannot be enabled: ${status}`);
  }

  async makePolicy(name: string, policy: string): Promise<void> {
    await this.do('POST', `sys/policies/acl/${name}`, { policy });
  }
}

/** Everything below the engine that the adapter ever asks for. Also in docs/backends/vault-kv2.md. */
export const policyFor = (mount: string): string => `
path "${mount}/data/*" { capabilities = ["create", "read", "update"] }
path "${mount}/metadata/*" { capabilities = ["list"] }
`;
