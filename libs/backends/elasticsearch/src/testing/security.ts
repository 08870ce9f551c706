import type { IncomingHttpHeaders } from 'node:http';

/** Who may do what, where the test node itself has no security. */
export interface Accounts {
  readonly username: string;
  readonly password: string;
  /** As the header carries it: base64 of `id:key`. */
  readonly apiKey: string;
  /** Logs in with the same password and has no privilege. */
  readonly forbiddenUser: string;
}

export interface SecurityAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: object;
}

const refusal = (status: number, reason: string, headers: Readonly<Record<string, string>> = {}): SecurityAnswer => {
  const error = { type: 'security_exception', reason };
  return { status, headers, body: { error: { root_cause: [error], ...error }, status } };
};

const basic = (username: string, password: string): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

/**
 * What the security of Elasticsearch answers before a request reaches an index; `undefined` lets it pass.
 * https://www.elastic.co/docs/deploy-manage/users-roles/cluster-or-deployment-auth/user-authentication (401 without
 * credentials or with wrong ones) and …/elasticsearch-privileges (403, which names action, user and privileges).
 */
export const judge = (headers: IncomingHttpHeaders, url: string, accounts: Accounts): SecurityAnswer | undefined => {
  const { authorization } = headers;
  const challenge = { 'WWW-Authenticate': 'Basic realm="security" charset="UTF-8", ApiKey' };
  if (authorization === undefined) {
    return refusal(401, `missing authentication credentials for REST request [${url}]`, challenge);
  }
  if (authorization === basic(accounts.forbiddenUser, accounts.password)) {
    const action = `action [indices:data/read/get] is unauthorized for user [${accounts.forbiddenUser}]`;
    return refusal(403, `${action}, this action is granted by the index privileges [read,all]`);
  }
  const known = [basic(accounts.username, accounts.password), `ApiKey ${accounts.apiKey}`];
  if (known.includes(authorization)) return undefined;
  // The credentials are quoted here, as a careless proxy would.
  return refusal(401, `unable to authenticate [${authorization}] for REST request [${url}]`, challenge);
};
