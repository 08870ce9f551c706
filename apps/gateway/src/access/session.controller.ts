import { Authenticator, LoginError, type SignIn } from '@coffer/access';
import { CofferError, SecretValue } from '@coffer/secrets';
import { ThrottledLogger } from '@coffer/service';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { setCookie } from '../http/request/browser-cookies.js';
import { CSRF_HEADER, type BrowserRequest } from '../http/request/browser-request.js';
import { logInError } from './log-in-error.js';
import { sessionTimesOf } from './access.controller.js';
import { endLogin, listSignInMethods, signIn, signOut, startLogin } from './session.endpoints.js';

const NO_STORE = { 'cache-control': 'no-store' } as const;

const seeOther = (location: string) => ({
  status: 303 as const,
  headers: { ...NO_STORE, location },
  body: undefined,
});

/** Throws `forbidden`: otherwise any page could sign a visitor in, as whomever it likes, or out. */
const requireOwnPage = ({ isByOwnPage }: BrowserRequest): void => {
  if (isByOwnPage) return;
  throw new CofferError('forbidden', `sessions are for pages of this origin alone, which send ${CSRF_HEADER}: 1`);
};

const credentialOf = ({ token, username = '', password = '' }: Call<typeof signIn>['body']): SignIn =>
  token === undefined ? { username, password: new SecretValue(password) } : { token: new SecretValue(token) };

/** Signs browsers in and out. */
@Controller()
export class SessionController {
  constructor(
    @Inject(Authenticator)
    private readonly authenticator: Pick<
      Authenticator,
      'signIn' | 'signInMethods' | 'sessions' | 'issuerLogins' | 'clientOf'
    >,
    @Inject(ThrottledLogger) private readonly logger: Pick<ThrottledLogger, 'log'>,
  ) {}

  @Endpoint(listSignInMethods)
  async methods(_call: Call<typeof listSignInMethods>): Promise<Answer<typeof listSignInMethods>> {
    return {
      status: 200,
      headers: NO_STORE,
      body: { issuers: [...this.authenticator.issuerLogins.methods], ...this.authenticator.signInMethods },
    };
  }

  @Endpoint(signIn)
  async signIn({ body, browser }: Call<typeof signIn>): Promise<Answer<typeof signIn>> {
    const request = browser();
    requireOwnPage(request);
    const { principal, cookie } = await this.authenticator
      .signIn(credentialOf(body), request.from)
      .catch((error: unknown) => {
        throw logInError(error);
      });
    await this.#end(request);
    const { id, session } = principal;
    if (session === undefined) throw new CofferError('internal', 'a session was begun without an end');
    return {
      status: 201,
      headers: NO_STORE,
      cookies: [setCookie('coffer', request.isSecure, cookie)],
      caller: principal,
      body: { principal: id, session: sessionTimesOf(session) },
    };
  }

  @Endpoint(signOut)
  async signOut({ browser }: Call<typeof signOut>): Promise<Answer<typeof signOut>> {
    const request = browser();
    requireOwnPage(request);
    const caller = await this.#end(request);
    return {
      status: 204,
      headers: NO_STORE,
      cookies: [setCookie('coffer', request.isSecure)],
      ...(caller && { caller }),
      body: undefined,
    };
  }

  @Endpoint(startLogin)
  async start({ id, query, browser }: Call<typeof startLogin>): Promise<Answer<typeof startLogin>> {
    const { publicOrigin, isSecure, cookie: cookieOf } = browser();
    const redirectUri = `${publicOrigin}/session/issuers/${encodeURIComponent(id)}/callback`;
    try {
      const request = { redirectUri, to: query.to, session: cookieOf('coffer') };
      const { address, cookie } = await this.authenticator.issuerLogins.begin(id, request);
      return { ...seeOther(address), cookies: [setCookie('coffer-login', isSecure, cookie)] };
    } catch (error) {
      return this.#failed(id, error, query.to);
    }
  }

  @Endpoint(endLogin)
  async end({ id, browser }: Call<typeof endLogin>): Promise<Answer<typeof endLogin>> {
    const request = browser();
    const { issuerLogins } = this.authenticator;
    const used = setCookie('coffer-login', request.isSecure);
    const login = request.cookie('coffer-login');
    try {
      const { session, to } = await issuerLogins.end(
        id,
        login,
        request.query,
        this.authenticator.clientOf(request.from),
      );
      await this.#end(request);
      const cookies = [used, setCookie('coffer', request.isSecure, session.cookie)];
      return { ...seeOther(to), cookies, caller: session.principal };
    } catch (error) {
      return { ...this.#failed(id, error, issuerLogins.destinationOf(login)), cookies: [used] };
    }
  }

  /** To the sign-in page, which says why in its own words. */
  #failed(issuer: string, error: unknown, to = '/ui') {
    if (!(error instanceof LoginError)) throw error;
    const { reason, message } = error;
    const fields = { issuer, reason, cause: message };
    this.logger.log('warn', fields, 'nobody was signed in by an issuer', `sign-in ${issuer} ${message}`);
    const page = `/ui/sign-in?${new URLSearchParams({ error: reason, to }).toString()}`;
    return { ...seeOther(page), audited: [{ outcome: reason === 'unavailable' ? reason : 'unauthorized' }] };
  }

  /** Ends the session that the browser has, if any. */
  async #end({ cookie, from }: BrowserRequest) {
    const { sessions } = this.authenticator;
    const had = cookie('coffer');
    return had === undefined ? undefined : sessions.end(had, this.authenticator.clientOf(from));
  }
}
