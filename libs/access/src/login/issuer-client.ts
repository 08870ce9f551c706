import { CofferError, type Clock } from '@coffer/secrets';
import { decodeProtectedHeader } from 'jose';
import * as oidc from 'openid-client';
import type { Claims } from '../claims/claim-value.js';
import type { IssuerCredential, IssuerLogin } from '../credentials.js';
import { FetchError } from '../jwt/bounded-request.js';
import { fetchJson } from '../jwt/fetch-json.js';
import { issuerAddress } from '../jwt/issuer-address.js';
import { issuerFetch } from './issuer-fetch.js';
import { LoginError } from './login-error.js';

/** An issuer that people may log in by. */
export interface LoginIssuer extends IssuerCredential {
  readonly login: IssuerLogin;
}

/** What must be known again when the browser comes back from the issuer. */
export interface LoginSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

const KEPT_MS = 600_000;
/** Between two attempts after one that failed, whatever browsers do. */
const RETRY_MS = 5_000;
const TIMEOUT_S = 5;

const hasFetchError = (error: unknown): boolean =>
  error instanceof FetchError || (error instanceof Error && error.cause !== undefined && hasFetchError(error.cause));

/** The library's name for what is wrong; its messages may have a part of an answer within. */
const nameOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown';

const failureOf = (error: unknown): LoginError => {
  if (error instanceof LoginError) return error;
  if (hasFetchError(error)) return new LoginError('unavailable', 'the issuer cannot be reached');
  if (error instanceof oidc.AuthorizationResponseError) return new LoginError('denied', 'the issuer let nobody in');
  return new LoginError('refused', `what the issuer sent does not count (${nameOf(error)})`);
};

/** Logs people in by one issuer: OpenID Connect's code flow with PKCE. Safe for any number of log-ins at once. */
export class IssuerClient {
  readonly #discovery: string;
  #running: Promise<oidc.Configuration> | undefined;
  #startedAtMs = -Infinity;
  #failed = false;

  constructor(
    private readonly issuer: LoginIssuer,
    private readonly clock: Clock,
  ) {
    const { keys, id } = issuer;
    if (keys.kind !== 'discovery') {
      throw new CofferError('configuration', `the issuer '${id}' needs discovery for people to log in by it`);
    }
    this.#discovery = keys.address;
  }

  /** Where the browser is to go, and what must be kept for `claimsOf`. Throws `LoginError`. */
  async begin(redirectUri: string): Promise<{ readonly address: string; readonly secrets: LoginSecrets }> {
    const secrets: LoginSecrets = {
      state: oidc.randomState(),
      nonce: oidc.randomNonce(),
      verifier: oidc.randomPKCECodeVerifier(),
      redirectUri,
    };
    try {
      const client = await this.#client();
      const address = oidc.buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        scope: this.issuer.login.scopes.join(' '),
        state: secrets.state,
        nonce: secrets.nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(secrets.verifier),
        code_challenge_method: 'S256',
      });
      issuerAddress(address.href, 'authorization_endpoint', this.#discovery);
      return { address: address.href, secrets };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** What the issuer says of whoever came back with this query; `wanted` are asked for once more where the id token has none of them. */
  async claimsOf(query: string, secrets: LoginSecrets, wanted: readonly string[]): Promise<Claims> {
    const { state, nonce, verifier, redirectUri } = secrets;
    try {
      const client = await this.#client();
      const url = new URL(redirectUri);
      url.search = query;
      const tokens = await oidc.authorizationCodeGrant(client, url, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      this.#checkAlgorithm(tokens.id_token);
      const claims = tokens.claims();
      if (claims === undefined) throw new LoginError('refused', 'the issuer sent no id token');
      if (wanted.every((name) => Object.hasOwn(claims, name.split('/')[0] ?? ''))) return claims;
      if (client.serverMetadata().userinfo_endpoint === undefined) return claims;
      return { ...(await oidc.fetchUserInfo(client, tokens.access_token, claims.sub)), ...claims };
    } catch (error) {
      throw failureOf(error);
    }
  }

  /** The library takes whatever algorithms the issuer says that it uses. */
  #checkAlgorithm(idToken: string | undefined): void {
    const { alg = '' } = decodeProtectedHeader(idToken ?? '');
    if (this.issuer.algorithms.includes(alg)) return;
    throw new LoginError(
      'refused',
      `the id token is signed by an algorithm that the issuer '${this.issuer.id}' may not use`,
    );
  }

  /** What is known of the issuer, for ten minutes. */
  #client(): Promise<oidc.Configuration> {
    const ageMs = this.clock.monotonic() - this.#startedAtMs;
    if (this.#running !== undefined && ageMs < (this.#failed ? RETRY_MS : KEPT_MS)) return this.#running;
    this.#startedAtMs = this.clock.monotonic();
    this.#failed = false;
    this.#running = this.#discover().catch((error: unknown) => {
      this.#failed = true;
      throw error;
    });
    return this.#running;
  }

  async #discover(): Promise<oidc.Configuration> {
    const { issuer, login, keys, clockSkewMs } = this.issuer;
    const ca = keys.kind === 'file' ? undefined : keys.ca;
    const document = (await fetchJson(this.#discovery, ca)) as oidc.ServerMetadata | null;
    if (document?.issuer !== issuer) throw new FetchError('its discovery document is of another issuer');
    const { token_endpoint_auth_methods_supported: methods = ['client_secret_basic'] } = document;
    const secret = login.clientSecret?.reveal();
    const basic = methods.includes('client_secret_basic');
    const authentication =
      secret === undefined ? oidc.None() : basic ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret);
    const client = new oidc.Configuration(
      document,
      login.clientId,
      { [oidc.clockTolerance]: clockSkewMs / 1_000 },
      authentication,
    );
    client.timeout = TIMEOUT_S;
    client[oidc.customFetch] = issuerFetch(this.#discovery, ca);
    // Not only that TLS led to the issuer: that the issuer has signed what it says.
    oidc.enableNonRepudiationChecks(client);
    if (this.#discovery.startsWith('http:')) oidc.allowInsecureRequests(client);
    return client;
  }
}
