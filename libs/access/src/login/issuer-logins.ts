import type { KeyRing } from '@coffer/crypto';
import { CofferError, type Clock } from '@coffer/secrets';
import type { IssuerTable } from '../jwt/issuer-table.js';
import { fingerprintOf } from '../sessions/fingerprint.js';
import { SessionSealer } from '../sessions/session-sealer.js';
import type { OpenSession, SessionCookie, SessionIdentity } from '../sessions/session.js';
import type { Sessions } from '../sessions/sessions.js';
import { IssuerClient, type LoginIssuer, type LoginSecrets } from './issuer-client.js';
import { LoginError } from './login-error.js';

/** Timeout of one log-in, from the page to the issuer and back. */
const LOGIN_TIMEOUT_MS = 600_000;

/** What a browser keeps of a log-in that is under way. */
interface Login extends LoginSecrets {
  readonly issuer: string;
  /** Where to go in the end. */
  readonly to: string;
  readonly beganAtMs: number;
  /** The session that the browser had: with the redirect of an issuer it does not send its cookie. */
  readonly earlier?: SessionIdentity | undefined;
}

/** What starts the log-in of a browser. */
export interface LoginRequest extends Pick<Login, 'redirectUri' | 'to'> {
  /** The cookie of the session that it has. */
  readonly session?: string | undefined;
}

/** Where a browser is to go next. */
export interface LoginStart {
  readonly address: string;
  readonly cookie: SessionCookie;
}

/** Who came back from an issuer. */
export interface LoginEnd {
  readonly session: Required<OpenSession>;
  readonly to: string;
}

const expired = (): LoginError =>
  new LoginError(
    'expired',
    'the browser has no log-in under way that this is the end of, or it took longer than 10 minutes',
  );

/** Log-ins of people by the issuers of the configuration. What is under way is kept by the browsers, sealed. */
export class IssuerLogins {
  readonly #sealer: SessionSealer;
  /** Clients by the settings that decide what a client does. */
  readonly #clients = new Map<string, IssuerClient>();

  constructor(
    ring: Pick<KeyRing, 'seal' | 'open'>,
    private readonly clock: Clock,
    private readonly issuers: () => IssuerTable,
    private readonly sessions: Pick<Sessions, 'begin' | 'identityOf' | 'endIdentified'>,
  ) {
    this.#sealer = new SessionSealer(ring);
  }

  /** Those that people may log in by, in the order of the configuration. */
  get methods(): readonly { readonly id: string; readonly label: string }[] {
    return this.issuers().loginIssuers.map(({ id, login }) => ({ id, label: login.label ?? id }));
  }

  /** Throws `not-found` for an issuer that nobody logs in by, and `LoginError`. */
  async begin(id: string, { redirectUri, to, session }: LoginRequest): Promise<LoginStart> {
    const { address, secrets } = await this.#clientOf(this.#issuerOf(id)).begin(redirectUri);
    const earlier = session === undefined ? undefined : this.sessions.identityOf(session);
    const login: Login = { ...secrets, issuer: id, to, beganAtMs: this.clock.wall(), earlier };
    return { address, cookie: { value: this.#sealer.seal('login', login), maxAgeMs: LOGIN_TIMEOUT_MS } };
  }

  /** Where the log-in of this cookie was to go; `undefined` where it is none. */
  destinationOf(cookie: string | undefined): string | undefined {
    return this.#open(cookie)?.to;
  }

  /** Ends the session that the browser had before. Throws as `begin` does. `query` is what the issuer sent the browser back with. */
  async end(id: string, cookie: string | undefined, query: string, address: string): Promise<LoginEnd> {
    const issuer = this.#issuerOf(id);
    const login = this.#open(cookie);
    if (login?.issuer !== id || new URLSearchParams(query).get('state') !== login.state) throw expired();
    const claims = await this.#clientOf(issuer).claimsOf(query, login, this.issuers().claimsWanted(id));
    try {
      const source = this.issuers().sourceOf(id, claims);
      if (source !== undefined) {
        const session = this.sessions.begin(source, address);
        if (login.earlier !== undefined) await this.sessions.endIdentified(login.earlier);
        return { session, to: login.to };
      }
    } catch (error) {
      if (CofferError.is(error, 'too-large')) throw new LoginError('too-many-claims', error.message);
      throw CofferError.is(error, 'unauthorized') ? new LoginError('refused', error.message) : error;
    }
    throw new LoginError(
      'no-grants',
      `no binding of the issuer '${id}' grants anything to these claims, or it is gone`,
    );
  }

  #open(cookie: string | undefined): Login | undefined {
    const login = (cookie === undefined ? undefined : this.#sealer.open('login', cookie)) as Login | undefined;
    return login !== undefined && this.clock.wall() - login.beganAtMs < LOGIN_TIMEOUT_MS ? login : undefined;
  }

  #issuerOf(id: string): LoginIssuer {
    const issuer = this.issuers().loginIssuers.find((each) => each.id === id);
    if (issuer !== undefined) return issuer;
    throw new CofferError('not-found', 'nobody logs in by an issuer of that name (coffer.access.issuers, login)');
  }

  #clientOf(issuer: LoginIssuer): IssuerClient {
    const placeOf = ({ bindings: _bindings, login, ...rest }: LoginIssuer): string =>
      fingerprintOf(JSON.stringify({ ...rest, login, secret: login.clientSecret?.reveal() }));
    const place = placeOf(issuer);
    const known = this.#clients.get(place);
    if (known !== undefined) return known;
    const wanted = new Set(this.issuers().loginIssuers.map(placeOf));
    for (const other of this.#clients.keys()) if (!wanted.has(other)) this.#clients.delete(other);
    const client = new IssuerClient(issuer, this.clock);
    this.#clients.set(place, client);
    return client;
  }
}
