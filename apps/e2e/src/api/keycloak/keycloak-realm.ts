import { randomBytes } from 'node:crypto';

const CLIENT = 'coffer';
/** Its tokens are for nobody else. */
const OTHER_CLIENT = 'another-application';
const SERVICE_ACCOUNT = `service-account-${CLIENT}`;

export interface RealmOptions {
  readonly name: string;
  /** Lifetime of access tokens. */
  readonly lifetimeSeconds: number;
  readonly redirectUri: string;
  /** The groups of each person. */
  readonly people: Readonly<Record<string, readonly string[]>>;
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly refresh_token?: string;
}

const serverUrl = (): string => process.env['COFFER_TEST_KEYCLOAK_URL'] ?? '';

const askToken = async (realm: string, form: Readonly<Record<string, string>>): Promise<TokenAnswer> => {
  const url = `${serverUrl()}/realms/${realm}/protocol/openid-connect/token`;
  const answer = await fetch(url, { method: 'POST', body: new URLSearchParams(form) });
  const body = (await answer.json()) as TokenAnswer;
  if (body.access_token === undefined) throw new Error(`Keycloak gave no token of ${realm}: ${answer.status}`);
  return body;
};

/** By its administrator, who gets a token for each call: they end after a minute. */
const administer = async <T>(method: string, path: string, body?: object): Promise<T> => {
  const password = process.env['COFFER_TEST_KEYCLOAK_PASSWORD'] ?? '';
  const { access_token: token } = await askToken('master', {
    ...{ grant_type: 'password', client_id: 'admin-cli', username: 'admin', password },
  });
  const answer = await fetch(`${serverUrl()}/admin/realms${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`Keycloak answered ${method} ${path} with ${answer.status}: ${await answer.text()}`);
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
};

/** What Keycloak calls a client, as its administrators make one. */
const clientOf = (clientId: string, secret: string, more: object) => ({
  ...{ clientId, secret, protocol: 'openid-connect', publicClient: false, directAccessGrantsEnabled: true },
  standardFlowEnabled: false,
  ...more,
});

/** As the guides of Keycloak say: groups by their names, and the client in the audience of its access tokens. */
const MAPPERS = [
  {
    ...{ name: 'groups', protocol: 'openid-connect', protocolMapper: 'oidc-group-membership-mapper' },
    config: {
      ...{ 'claim.name': 'groups', 'full.path': 'false', 'id.token.claim': 'true' },
      ...{ 'access.token.claim': 'true', 'userinfo.token.claim': 'true' },
    },
  },
  {
    ...{ name: 'audience', protocol: 'openid-connect', protocolMapper: 'oidc-audience-mapper' },
    config: { 'included.client.audience': CLIENT, 'access.token.claim': 'true', 'id.token.claim': 'false' },
  },
];

/** A realm of its own, with a confidential client for Coffer. */
export class KeycloakRealm {
  readonly clientId = CLIENT;
  readonly clientSecret = randomBytes(24).toString('base64url');
  readonly #otherSecret = randomBytes(24).toString('base64url');
  readonly #passwords = new Map<string, string>();

  private constructor(private readonly name: string) {}

  static async make({ name, lifetimeSeconds, redirectUri, people }: RealmOptions): Promise<KeycloakRealm> {
    const realm = new KeycloakRealm(name);
    for (const person of Object.keys(people)) realm.#passwords.set(person, randomBytes(12).toString('base64url'));
    const groups = new Set([...Object.values(people).flat(), 'team-b']);
    await administer('POST', '', {
      ...{ realm: name, enabled: true, accessTokenLifespan: lifetimeSeconds },
      groups: Array.from(groups, (group) => ({ name: group })),
      clients: [
        clientOf(CLIENT, realm.clientSecret, {
          ...{ standardFlowEnabled: true, serviceAccountsEnabled: true, redirectUris: [redirectUri] },
          attributes: { 'pkce.code.challenge.method': 'S256' },
          protocolMappers: MAPPERS,
        }),
        clientOf(OTHER_CLIENT, realm.#otherSecret, { protocolMappers: MAPPERS.slice(0, 1) }),
      ],
      users: Object.entries(people).map(([username, of]) => ({
        ...{ username, enabled: true, emailVerified: true, email: `${username}@example.com` },
        ...{ firstName: username, lastName: 'Example', groups: of.map((group) => `/${group}`) },
        credentials: [{ type: 'password', value: realm.passwordOf(username), temporary: false }],
      })),
    });
    return realm;
  }

  get issuer(): string {
    return `${serverUrl()}/realms/${this.name}`;
  }

  passwordOf(person: string): string {
    return this.#passwords.get(person) ?? '';
  }

  async tokenOf(person: string): Promise<string> {
    return (await this.#byPassword(person, CLIENT, this.clientSecret)).access_token ?? '';
  }

  async serviceToken(): Promise<string> {
    const form = { grant_type: 'client_credentials', client_id: CLIENT, client_secret: this.clientSecret };
    return (await askToken(this.name, form)).access_token ?? '';
  }

  /** `access`: of somebody in none of the groups; `other`: of somebody who is, for another client; `refresh`: theirs, for this one. */
  async refusedTokens(outsider: string, member: string) {
    const { access_token: access = '' } = await this.#byPassword(outsider, CLIENT, this.clientSecret);
    const { refresh_token: refresh = '' } = await this.#byPassword(member, CLIENT, this.clientSecret);
    const { access_token: other = '' } = await this.#byPassword(member, OTHER_CLIENT, this.#otherSecret);
    return { access, refresh, other };
  }

  async idOf(person: string): Promise<string> {
    const username = person === 'service-account' ? SERVICE_ACCOUNT : person;
    const [user] = await administer<{ id: string }[]>('GET', `/${this.name}/users?exact=true&username=${username}`);
    return user?.id ?? '';
  }

  async join(person: string, group: string): Promise<void> {
    await administer('PUT', `/${this.name}/users/${await this.idOf(person)}/groups/${await this.#groupId(group)}`);
  }

  async leave(person: string, group: string): Promise<void> {
    await administer('DELETE', `/${this.name}/users/${await this.idOf(person)}/groups/${await this.#groupId(group)}`);
  }

  async remove(): Promise<void> {
    await administer('DELETE', `/${this.name}`);
  }

  async #groupId(group: string): Promise<string> {
    const [found] = await administer<{ id: string }[]>('GET', `/${this.name}/groups?exact=true&search=${group}`);
    return found?.id ?? '';
  }

  #byPassword(username: string, clientId: string, secret: string): Promise<TokenAnswer> {
    return askToken(this.name, {
      ...{ grant_type: 'password', client_id: clientId, client_secret: secret, scope: 'openid' },
      ...{ username, password: this.passwordOf(username) },
    });
  }
}
