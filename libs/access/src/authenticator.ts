import type { KeyRing } from '@coffer/crypto';
import { CofferError, systemClock, type Clock, type SecretValue } from '@coffer/secrets';
import { checkAccessToken, TOKEN_LENGTH, TOKEN_PREFIX } from './access-token.js';
import { parseAuthorization, type PresentedCredentials } from './authorization-header.js';
import type { Credentials } from './credentials.js';
import type { LoginMetrics } from './login-metrics.js';
import { LoginThrottle, type LoginSource, type ThrottleOptions } from './login-throttle.js';
import type { Principal } from './principal.js';
import { TokenTable } from './token-table.js';
import { TrustedProxies } from './trusted-proxies.js';
import { UserTable } from './user-table.js';

/** The part of a request that says who sent it. */
export interface LoginAttempt {
  /** The header's value; several are joined by commas. */
  readonly authorization?: string;
  /** The peer's IP address, by which failures are counted unless it is a trusted proxy's. */
  readonly address: string;
  /** The `X-Forwarded-For` header; several are joined by commas. */
  readonly forwardedFor?: string;
}

export interface AuthenticatorOptions {
  readonly clock?: Clock;
  readonly throttle?: ThrottleOptions;
  /** `coffer.server.trustedProxies`; defaults to none. */
  readonly trustedProxies?: readonly string[];
  readonly metrics?: LoginMetrics;
}

/** How clients write the scheme of a token. In other letters it is right too, and takes the longer way. */
const BEARER = 'Bearer ';

interface Tables {
  readonly tokens: TokenTable;
  readonly users: UserTable;
}

/** Finds out who is calling, from the tokens and users of the configuration. Safe for any number of calls at once. */
export class Authenticator {
  readonly #ring: KeyRing;
  readonly #clock: Clock;
  readonly #throttle: LoginThrottle;
  readonly #proxies: TrustedProxies;
  #tables: Tables;

  /** Throws `configuration` as `replace` does. */
  constructor(ring: KeyRing, credentials: Credentials, options: AuthenticatorOptions = {}) {
    const { clock = systemClock, throttle, trustedProxies = [], metrics } = options;
    this.#proxies = new TrustedProxies(trustedProxies);
    this.#ring = ring;
    this.#clock = clock;
    this.#throttle = new LoginThrottle(clock, throttle, metrics);
    this.#tables = this.#tablesOf(credentials);
  }

  /**
   * From here on these tokens and users count and no others; a login that is being verified meanwhile is verified
   * again. Throws `configuration` and changes nothing when one of them is wrong.
   */
  replace(credentials: Credentials): void {
    this.#tables = this.#tablesOf(credentials);
  }

  /**
   * Throws `unauthorized` for absent, malformed and wrong credentials and says what would be right. After too many
   * wrong tokens from one address further ones become `throttled` with `details.retryAfter` in seconds; after too many
   * wrong passwords of one user from one address that user's are not verified any more. Valid tokens and pairs verified
   * within the last minute are still let in, and so are other users, so that others behind the same proxy go on working.
   */
  async authenticate({ authorization, address: peer, forwardedFor }: LoginAttempt): Promise<Principal> {
    const address = this.#proxies.clientOf(peer, forwardedFor);
    let presented: PresentedCredentials | undefined;
    try {
      presented = parseAuthorization(authorization);
      if (presented?.scheme === 'bearer') checkAccessToken(presented.token.reveal());
    } catch (error) {
      throw this.#failure(address, error);
    }
    if (presented === undefined) {
      throw new CofferError(
        'unauthorized',
        'authentication is required: send `Authorization: Bearer coffer_…` or Basic credentials',
      );
    }
    const principal =
      presented.scheme === 'bearer'
        ? this.#tables.tokens.find(presented.token)
        : await this.#loginOf(presented.username, presented.password, address);
    if (principal !== undefined) return principal;
    if (presented.scheme === 'basic') throw new CofferError('unauthorized', 'the user name or the password is wrong');
    throw this.#failure(
      address,
      new CofferError('unauthorized', 'the access token is not known here: it was revoked or belongs elsewhere'),
    );
  }

  /**
   * Who sends this header, if it is a token alone and that was let in before and is valid still: `authenticate` without
   * a promise, parsing or a keyed hash. `undefined` means unknown: call `authenticate`. Nothing is counted.
   */
  known(authorization: string): Principal | undefined {
    if (authorization.length !== BEARER.length + TOKEN_LENGTH) return undefined;
    if (!authorization.startsWith(TOKEN_PREFIX, BEARER.length) || !authorization.startsWith(BEARER)) return undefined;
    return this.#tables.tokens.known(authorization.slice(BEARER.length));
  }

  /** Counts a wrong token or header and gives back the error to throw for it. */
  #failure(address: string, error: unknown): unknown {
    try {
      this.#throttle.check({ address });
    } catch (throttled) {
      return throttled;
    }
    this.#throttle.failed({ address });
    return error;
  }

  async #loginOf(username: string, password: SecretValue, address: string): Promise<Principal | undefined> {
    for (;;) {
      const tables = this.#tables;
      const principal = await this.#verify(tables.users, password, { username, address });
      if (tables === this.#tables) return principal;
    }
  }

  /** Counts its failures itself: a password that is being verified counts as wrong, or a burst would go uncounted. */
  async #verify(
    users: UserTable,
    password: SecretValue,
    source: Required<LoginSource>,
  ): Promise<Principal | undefined> {
    const { username } = source;
    const pair = users.pairMac(username, password);
    const remembered = users.remembered(pair);
    if (remembered !== undefined) return remembered;
    const running = users.running(pair);
    if (running !== undefined) {
      const principal = await running;
      if (principal === undefined) this.#throttle.failed(source);
      return principal;
    }
    this.#throttle.check(source);
    this.#throttle.expect(source);
    let wrong = false;
    try {
      const principal = await users.verify(pair, username, password);
      wrong = principal === undefined;
      return principal;
    } finally {
      if (wrong) this.#throttle.confirm(source);
      else this.#throttle.forgive(source);
    }
  }

  #tablesOf({ tokens, users }: Credentials): Tables {
    return { tokens: new TokenTable(this.#ring, tokens), users: new UserTable(users, this.#clock) };
  }
}
