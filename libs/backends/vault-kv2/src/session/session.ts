import { raceAbort } from '@coffer/backend-contract';
import { CofferError, type SecretValue } from '@coffer/secrets';
import { STORE } from '../capabilities.js';
import type { VaultLogin } from '../connection.js';
import { closedError, says, statusError, timeoutError } from '../errors.js';
import type { VaultAnswer, VaultRequest } from '../transport.js';
import type { VaultClient } from '../client.js';
import { logIn } from './login.js';
import { Rejections } from './rejections.js';
import { lookedUp, tokenOf, type Token } from './token.js';
import { Upkeep } from './upkeep.js';

/** How long a call may take that is made for all callers at once. */
const SHARED_CALL_TIMEOUT_MS = 20_000;
/** How long giving a token back may take. */
const REVOCATION_TIMEOUT_MS = 1_000;
/** Seconds until the lifetime of a given token is asked for again. */
const LOOKUP_INTERVAL_SECONDS = 15;

const LOOKUP: VaultRequest = { method: 'GET', path: 'auth/token/lookup-self' };
const RENEWAL: VaultRequest = { method: 'POST', path: 'auth/token/renew-self', body: {} };
const REVOCATION: VaultRequest = { method: 'POST', path: 'auth/token/revoke-self', body: {} };

const notAccepted = (): CofferError =>
  new CofferError('unauthenticated', `${STORE}: the server does not accept the token`, { store: STORE, status: 403 });

const isInvalid = (answer: VaultAnswer): boolean => says(answer, 'invalid token');

/**
 * Calls with a token: a given one, or that of a login. It is renewed at two thirds of its lifetime. A login's token is
 * replaced by a new login when renewing has come to its end, and when Vault no longer accepts it: expired, revoked, used
 * up. Callers share one login.
 */
export class Session {
  readonly #upkeep = new Upkeep();
  readonly #rejections = new Rejections();
  readonly #ending = new AbortController();
  #token: Token | undefined;
  #loggingIn: Promise<Token> | undefined;
  /** Seconds that the present token lived at first. */
  #firstLifetimeSeconds = 0;
  /** A new token met the same 403, and its policies do not let it look itself up. */
  #blind = false;

  constructor(
    private readonly client: VaultClient,
    private readonly login: VaultLogin,
  ) {}

  /** Vault's answer; 403 where an accepted token may not do this. Throws `unauthenticated` where none is accepted. */
  async send(request: VaultRequest, signal: AbortSignal): Promise<VaultAnswer> {
    const token = await this.#present(signal);
    const answer = await this.client.send(request, token.secret, signal);
    if (answer.status !== 403 || (await this.#isAccepted(token, answer, signal))) return answer;
    const next = await this.#replace(token, signal);
    const again = await this.client.send(request, next.secret, signal);
    if (again.status !== 403) return again;
    if (isInvalid(again)) throw notAccepted();
    this.#blind = true;
    return again;
  }

  /** Gives the token of a login back, if Vault answers at once. */
  async close(): Promise<void> {
    this.#upkeep.end();
    this.#ending.abort();
    const token = this.#token;
    if (token === undefined || this.login.method === 'token' || this.client.closed) return;
    await this.client.send(REVOCATION, token.secret, AbortSignal.timeout(REVOCATION_TIMEOUT_MS)).catch(() => undefined);
  }

  async #present(signal: AbortSignal): Promise<Token> {
    if (this.#token !== undefined) return this.#token;
    if (this.login.method !== 'token') return this.#logIn(signal);
    const given: Token = { secret: this.login.token, lifetimeSeconds: 0, renewable: true };
    this.#token = given;
    void this.#learn(given.secret).catch(() =>
      this.#upkeep.plan(LOOKUP_INTERVAL_SECONDS, () => this.#learn(given.secret)),
    );
    return given;
  }

  /**
   * Whether a 403 is about the policies. For a token that is no more Vault adds `invalid token`; one from before 1.13
   * does not, and neither does it let every token look itself up. What remains in doubt is worth one login.
   */
  async #isAccepted(token: Token, answer: VaultAnswer, signal: AbortSignal): Promise<boolean> {
    if (isInvalid(answer)) return false;
    if (this.#blind) return true;
    const lookup = await this.client.send(LOOKUP, token.secret, signal);
    return lookup.status !== 403 || (this.login.method === 'token' && !isInvalid(lookup));
  }

  async #replace(refused: Token, signal: AbortSignal): Promise<Token> {
    if (this.login.method === 'token') throw notAccepted();
    if (this.#token?.secret === refused.secret) this.#token = undefined;
    return this.#token ?? this.#logIn(signal);
  }

  #logIn(signal: AbortSignal): Promise<Token> {
    const { login } = this;
    if (login.method === 'token') throw notAccepted();
    if (this.#ending.signal.aborted) throw closedError();
    this.#loggingIn ??= this.#rejections
      .unlessRefused(() => logIn(this.client, login, this.#ownSignal()))
      .then((token) => {
        this.#firstLifetimeSeconds = token.lifetimeSeconds;
        return this.#keep(token);
      })
      .finally(() => {
        this.#loggingIn = undefined;
      });
    return raceAbort(signal, this.#loggingIn, timeoutError);
  }

  #keep(token: Token): Token {
    this.#token = token;
    if (token.renewable || this.login.method !== 'token') {
      this.#upkeep.plan(token.lifetimeSeconds, () => this.#prolong(token));
    }
    return token;
  }

  /** How long a given token lives. */
  async #learn(given: SecretValue): Promise<void> {
    const answer = await this.client.send(LOOKUP, given, this.#ownSignal());
    if (answer.status === 200) this.#keep(lookedUp(given, answer));
    else if (answer.status !== 403) throw statusError(answer);
  }

  /** Throws where another try may do better. The old token serves until a new one is there. */
  async #prolong(token: Token): Promise<void> {
    const renewed = token.renewable ? await this.#renewed(token) : undefined;
    if (this.#token?.secret !== token.secret) return;
    const given = this.login.method === 'token';
    if (renewed !== undefined && (given || renewed.lifetimeSeconds * 2 >= this.#firstLifetimeSeconds))
      this.#keep(renewed);
    else if (!given) await this.#logIn(this.#ownSignal());
  }

  /** `undefined` where Vault does not renew it. */
  async #renewed({ secret }: Token): Promise<Token | undefined> {
    const answer = await this.client.send(RENEWAL, secret, this.#ownSignal());
    const renewed = tokenOf(answer);
    if (renewed !== undefined) return { ...renewed, secret };
    if (answer.status === 400 || answer.status === 403) return undefined;
    throw statusError(answer);
  }

  #ownSignal(): AbortSignal {
    return AbortSignal.any([this.#ending.signal, AbortSignal.timeout(SHARED_CALL_TIMEOUT_MS)]);
  }
}
