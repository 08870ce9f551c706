import { readFile } from 'node:fs/promises';
import { CofferError } from '@coffer/secrets';
import { STORE } from '../capabilities.js';
import type { VaultLogin } from '../connection.js';
import { statusError } from '../errors.js';
import type { VaultRequest } from '../transport.js';
import type { VaultClient } from '../client.js';
import { at } from '../json.js';
import { mountPath } from '../layout.js';
import { tokenOf, type Token } from './token.js';

/** https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/ */
const POD_TOKEN = '/var/run/secrets/kubernetes.io/serviceaccount/token';

export type LoginMethod = Exclude<VaultLogin, { method: 'token' }>;

/** Statuses with which Vault says that it does not know who asks. */
const REJECTED: ReadonlySet<number> = new Set([400, 401, 403, 404, 405]);

const rejection = (status: number): CofferError => {
  const reason = 'the server accepts neither these credentials nor, perhaps, this way to log in';
  return new CofferError('unauthenticated', `${STORE}: ${reason} (${status})`, { store: STORE, status });
};

const podToken = async (file: string): Promise<string> => {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    throw new CofferError('unauthenticated', `${STORE}: the service account's token cannot be read`, { store: STORE });
  }
};

const requestOf = async (login: LoginMethod): Promise<VaultRequest> => {
  const post = (path: string, body: object): VaultRequest => ({ method: 'POST', path: `auth/${path}`, body });
  switch (login.method) {
    case 'userpass':
      return post(`userpass/login/${encodeURIComponent(login.user)}`, { password: login.password.reveal() });
    case 'approle':
      return post(`${mountPath(login.path)}/login`, { role_id: login.roleId, secret_id: login.secretId.reveal() });
    case 'kubernetes': {
      const jwt = await podToken(login.tokenFile ?? POD_TOKEN);
      return post(`${mountPath(login.path)}/login`, { role: login.role, jwt });
    }
  }
};

/** A new token. Throws `unauthenticated` where Vault refuses to give one. */
export const logIn = async (client: VaultClient, login: LoginMethod, signal: AbortSignal): Promise<Token> => {
  const answer = await client.send(await requestOf(login), undefined, signal);
  const token = tokenOf(answer);
  if (token !== undefined) return token;
  // One that asks for a second factor, say.
  const isOfVault = at(answer.body, 'auth') !== undefined;
  throw REJECTED.has(answer.status) || (answer.status === 200 && isOfVault)
    ? rejection(answer.status)
    : statusError(answer);
};
