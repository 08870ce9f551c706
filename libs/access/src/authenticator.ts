import type { KeyRing } from '@coffer/crypto';
import { CofferError, systemClock, type Clock, type SecretValue } from '@coffer/secrets';
import { checkAccessToken, TOKEN_LENGTH, TOKEN_PREFIX } from './access-token.js';
import { principalIn, sessionCredentialOf, type AccessTables, type Asked } from './access-tables.js';
import { parseAuthorization, type PresentedCredentials } from './authorization-header.js';
import { BreakGlass, type RecordBreakGlass } from './break-glass.js';
import { CertificateTable } from './certificate/certificate-table.js';
import type { AuthenticatorOptions } from './authenticator-options.js';
import type { ClientCertificate } from './certificate/client-certificate.js';
import type { Credentials } from './credentials.js';
import { jwtOf, jwtOfCookie, type LoginAttempt, type LoginOrigin, type SignIn } from './login-attempt.js';
import { givenGrantsOf, type GivenGrant } from './given-grants.js';
import type { GivenToken } from './given-token.js';
import type { OpenSession, SessionCredential, SessionSource } from './sessions/session.js';
import { Revocations } from './sessions/revocations.js';
import { Sessions } from './sessions/sessions.js';
import { LoginThrottle, type LoginSource } from './login-throttle.js';
import { IssuerLogins } from './login/issuer-logins.js';
import type { OnKeysRead } from './jwt/issuer-keys.js';
import { IssuerTable } from './jwt/issuer-table.js';
import { verifyPasswordLogin } from './password-login.js';
import type { AskedPrincipal, Principal } from './principal.js';
import { RoleTable } from './roles/role-table.js';
import type { UseCounter } from './roles/use-counter.js';
import { TokenTable } from './token-table.js';
import { PresentedTokens } from './presented-tokens.js';
import { TrustedProxies } from './trusted-proxies.js';
import { UserTable } from './user-table.js';
import { UserTokens } from './user-tokens.js';

/** How clients write the scheme of a token. In other letters it is right too, and takes the longer way. */
const BEARER = 'Bearer ';

/** How every JSON Web Token begins: its header is an object. */
const JWT_BEGINNING = 'ey';

/** Finds out who is calling, from the tokens, users and issuers of the configuration. Safe for any number of calls at once. */
export class Authenticator {
  readonly #ring: KeyRing;
  readonly #clock: Clock;
  readonly #throttle: LoginThrottle;
  readonly #proxies: TrustedProxies;
  readonly #onKeysRead: OnKeysRead;
  readonly #rememberedMaxBytes: number | undefined;
  readonly #uses: UseCounter | undefined;
  /** What owners have ended, here or elsewhere. */
  readonly revocations = new Revocations();
  readonly presentedTokens = new PresentedTokens(() => this.#tables);
  /** Those of browsers, whose cookies it opens wherever they come from: whether they count for a request is for the caller. */
  readonly sessions: Sessions;
  #recordBreakGlass: RecordBreakGlass | undefined;
  readonly issuerLogins: IssuerLogins;
  #tables: AccessTables;

  /** Throws `configuration` as `replace` does. */
  constructor(ring: KeyRing, credentials: Credentials, options: AuthenticatorOptions = {}) {
    const { clock = systemClock, throttle, trustedProxies = [], metrics, onKeysRead = () => undefined } = options;
    this.#onKeysRead = onKeysRead;
    this.#rememberedMaxBytes = options.rememberedMaxBytes;
    this.#uses = options.uses;
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#ring = ring;
    this.#clock = clock;
    this.#throttle = new LoginThrottle(clock, throttle, metrics);
    this.#tables = this.#tablesOf(credentials);
    this.sessions = new Sessions(ring, clock, this.#credentialOf.bind(this), this.revocations);
    this.issuerLogins = new IssuerLogins(ring, clock, () => this.#tables.issuers, this.sessions);
  }

  /**
   * From here on these tokens, users and issuers count and no others; a login that is being verified meanwhile is
   * verified again. Throws `configuration` and changes nothing when one of them is wrong.
   */
  replace(credentials: Credentials): void {
    this.#tables = this.#tablesOf(credentials, this.#tables);
  }

  /** The memory of JSON Web Tokens that were verified. */
  get rememberedTokens(): IssuerTable['memory'] {
    return this.#tables.issuers.memory;
  }

  /**
   * Throws `unauthorized` for absent, malformed and wrong credentials and says what would be right. After too many
   * wrong tokens from one address further ones become `throttled` with `details.retryAfter` in seconds; after too many
   * wrong passwords of one user from one address that user's are not verified any more. Valid tokens and pairs verified
   * within the last minute are still let in, and so are other users, so that others behind the same proxy go on working.
   */
  async authenticate(attempt: LoginAttempt): Promise<Principal> {
    return this.#tables.breakGlass.extend(await this.#identify(attempt));
  }

  /** Break-glass grants count from here on, each once its record was taken. */
  recordBreakGlass(record: RecordBreakGlass): void {
    this.#recordBreakGlass = record;
    this.#tables.breakGlass.recordBy(record);
  }

  async #identify(attempt: LoginAttempt): Promise<Principal> {
    const { authorization, address: peer, forwardedFor, cookie, certificate } = attempt;
    const address = this.#proxies.clientOf(peer, forwardedFor);
    let presented: PresentedCredentials | undefined;
    let jwt: string | undefined;
    try {
      presented = parseAuthorization(authorization);
      jwt = presented === undefined ? jwtOfCookie(cookie) : jwtOf(presented);
      if (presented?.scheme === 'bearer' && jwt === undefined) {
        const token = presented.token.reveal();
        const given = this.presentedTokens.find(token, address);
        if (given !== undefined) return given;
        checkAccessToken(token);
      }
    } catch (error) {
      throw this.#failure({ address }, error);
    }
    if (jwt !== undefined) return this.#verifyJwt(jwt, address);
    if (presented === undefined) {
      if (certificate !== undefined && this.#looksAt(peer)) return this.#tables.certificates.find(certificate);
      throw new CofferError(
        'unauthorized',
        'authentication is required: send `Authorization: Bearer coffer_…` or Basic credentials',
      );
    }
    if (presented.scheme === 'bearer') return this.#findToken(presented.token, address);
    return this.#loginOf(presented.username, presented.password, address);
  }

  /**
   * Gives a token for a secret id of a role. Throws `unauthorized` where either is wrong, and `throttled` after too many wrong ones
   * for the same role from one address; right ones are let in all the same.
   */
  logIn(role: string, secretId: SecretValue, { address: peer, forwardedFor }: LoginOrigin): GivenToken {
    const address = this.#proxies.clientOf(peer, forwardedFor);
    try {
      return this.#tables.roles.logIn(role, secretId, address);
    } catch (error) {
      if (!CofferError.is(error, 'unauthorized')) throw error;
      throw this.#failure({ address, role }, error);
    }
  }

  /** Gives a token for a user's password. Throws as `authenticate` does. */
  async logInUser(
    username: string,
    password: SecretValue,
    { address, forwardedFor }: LoginOrigin,
  ): Promise<GivenToken> {
    await this.#loginOf(username, password, this.#proxies.clientOf(address, forwardedFor));
    return this.#tables.userTokens.give(username);
  }

  /** Begins a session. Throws as `authenticate` does, and counts failures with those of requests. */
  async signIn(presented: SignIn, { address: peer, forwardedFor }: LoginOrigin): Promise<Required<OpenSession>> {
    const address = this.#proxies.clientOf(peer, forwardedFor);
    let source: SessionSource | undefined;
    if ('token' in presented) {
      try {
        checkAccessToken(presented.token.reveal());
      } catch (error) {
        throw this.#failure({ address }, error);
      }
      const { id } = this.#findToken(presented.token, address);
      source = this.#tables.tokens.sourceOf(id.slice('token:'.length));
    } else {
      await this.#loginOf(presented.username, presented.password, address);
      source = this.#tables.users.sourceOf(presented.username);
    }
    if (source === undefined) throw new CofferError('unauthorized', 'the credential was revoked just now');
    return this.sessions.begin(source, address);
  }

  /** Which kinds of credentials of its own the configuration has. */
  get signInMethods(): { readonly token: boolean; readonly password: boolean } {
    const { tokens, users } = this.#tables;
    return { token: !tokens.isEmpty, password: !users.isEmpty };
  }

  /** The client's address, as `coffer.server.trustedProxies` tell it. */
  clientOf({ address, forwardedFor }: LoginOrigin): string {
    return this.#proxies.clientOf(address, forwardedFor);
  }

  #credentialOf(source: SessionSource, address: string): SessionCredential | undefined {
    const found = sessionCredentialOf(this.#tables, source, address);
    return found && { ...found, principal: this.#tables.breakGlass.extend(found.principal) };
  }

  /**
   * Who sends this header, if it is a token alone and that was let in before and is valid still: `authenticate` without
   * a promise, parsing, a keyed hash or a signature. `undefined` means unknown: call `authenticate`. Nothing is counted.
   * `connection`: over which it came; its next request with the same access token takes no hash either.
   */
  known(authorization: string, connection?: object): Principal | undefined {
    const principal = this.#remembered(authorization, connection);
    return principal && this.#tables.breakGlass.extend(principal);
  }

  #remembered(authorization: string, connection?: object): Principal | undefined {
    if (authorization.startsWith(JWT_BEGINNING, BEARER.length) && authorization.startsWith(BEARER)) {
      return this.#tables.issuers.known(authorization.slice(BEARER.length));
    }
    if (authorization.length !== BEARER.length + TOKEN_LENGTH) {
      if (!authorization.startsWith(TOKEN_PREFIX, BEARER.length) || !authorization.startsWith(BEARER)) return undefined;
      return this.presentedTokens.known(authorization.slice(BEARER.length));
    }
    if (!authorization.startsWith(TOKEN_PREFIX, BEARER.length) || !authorization.startsWith(BEARER)) return undefined;
    return this.#tables.tokens.known(authorization.slice(BEARER.length), connection);
  }

  /** Whose certificate this is, of a request with nothing else from a peer, as `known` tells it. */
  knownCertificate(certificate: ClientCertificate, peer: string): Principal | undefined {
    const { certificates, breakGlass } = this.#tables;
    const principal = this.#looksAt(peer) ? certificates.known(certificate) : undefined;
    return principal && breakGlass.extend(principal);
  }

  /** The certificate of a trusted proxy is its own, not that of those for whom it asks. */
  #looksAt(peer: string): boolean {
    return !this.#tables.certificates.isEmpty && !this.#proxies.isProxy(peer);
  }

  /** When each access token was last used by the wall clock, of this process alone. */
  lastUses(): ReturnType<TokenTable['lastUses']> {
    return this.#tables.tokens.lastUses();
  }

  /** Somebody of the configuration by name, or whoever has these claims of an issuer or an entry of `certificates`. */
  principalOf(who: Asked): AskedPrincipal | undefined {
    const principal = principalIn(this.#tables, who);
    if (principal === undefined) return undefined;
    const { refusal } = principal;
    const extended = this.#tables.breakGlass.extend(principal);
    return refusal === undefined ? extended : { ...extended, refusal };
  }

  /** Who was given what, by the configuration that counts now. */
  givenGrants(): readonly GivenGrant[] {
    return givenGrantsOf(this.#tables.credentials, this.#clock.wall());
  }

  #findToken(token: SecretValue, address: string): Principal {
    try {
      const principal = this.#tables.tokens.find(token, address);
      if (principal !== undefined) return principal;
      throw new CofferError('unauthorized', 'the access token is not known here: it was revoked or belongs elsewhere');
    } catch (error) {
      throw this.#failure({ address }, error);
    }
  }

  /** Counts a wrong token or header and gives back the error to throw for it. */
  #failure(source: LoginSource, error: unknown): unknown {
    try {
      this.#throttle.check(source);
    } catch (throttled) {
      return throttled;
    }
    this.#throttle.failed(source);
    return error;
  }

  async #verifyJwt(token: string, address: string): Promise<Principal> {
    for (;;) {
      const tables = this.#tables;
      try {
        const principal = await tables.issuers.verify(token);
        if (tables === this.#tables) return principal;
      } catch (error) {
        throw CofferError.is(error, 'unauthorized') ? this.#failure({ address }, error) : error;
      }
    }
  }

  async #loginOf(username: string, password: SecretValue, address: string): Promise<Principal> {
    for (;;) {
      const tables = this.#tables;
      const principal = await verifyPasswordLogin(this.#throttle, tables.users, password, { username, address });
      if (tables !== this.#tables) continue;
      if (principal !== undefined) return principal;
      throw new CofferError('unauthorized', 'the user name or the password is wrong');
    }
  }

  #tablesOf(credentials: Credentials, previous?: AccessTables): AccessTables {
    const { tokens, issuers = [], certificates = [], roles = [], breakGlass = [] } = credentials;
    const options = { clock: this.#clock, onKeysRead: this.#onKeysRead, maxBytes: this.#rememberedMaxBytes };
    const users = new UserTable(credentials.users, this.#clock);
    return {
      credentials,
      breakGlass: new BreakGlass(breakGlass, this.#clock, this.#recordBreakGlass, previous?.breakGlass),
      tokens: new TokenTable(this.#ring, tokens, this.#clock, previous?.tokens),
      ...{ users, userTokens: new UserTokens(this.#ring, users, this.#clock, this.revocations) },
      issuers: new IssuerTable(issuers, options, previous?.issuers),
      certificates: new CertificateTable(certificates, this.#clock),
      roles: new RoleTable(this.#ring, roles, this.#clock, this.#uses, this.revocations),
    };
  }
}
