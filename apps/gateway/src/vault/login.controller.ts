import { Authenticator, type GivenToken, type Principal, type TokenTimes } from '@coffer/access';
import { CofferError, SecretValue } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { logInError } from '../access/log-in-error.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { decodeOnce } from '../http/request/raw-path.js';
import { ignoredWarnings, NO_STORE } from './answers.js';
import {
  appRoleLogin,
  jwtLogin,
  kubernetesLogin,
  putAppRoleLogin,
  putJwtLogin,
  putKubernetesLogin,
  putUserLogin,
  userLogin,
} from './login.endpoints.js';
import { policyOf, secondsUntil } from './token-facts.js';

type LoginAnswer = Answer<typeof jwtLogin>;
type RoleCall = Omit<Call<typeof appRoleLogin>, never>;
type JwtCall = Omit<Call<typeof jwtLogin>, never>;
type UserCall = Omit<Call<typeof userLogin>, never>;

interface Login extends TokenTimes {
  readonly token: SecretValue;
  readonly principal: Principal;
}

/** `metadata`: what Vault says of a log-in beside the token. */
const answerOf = (
  requestId: string,
  { token, principal, expiresAtMs }: Login,
  metadata: Record<string, string>,
  warnings: string[] | null,
): LoginAnswer => {
  const policies = principal.grants.map(policyOf);
  return {
    status: 200,
    headers: NO_STORE,
    caller: principal,
    body: {
      ...{ request_id: requestId, lease_id: '', renewable: false, lease_duration: 0, data: null },
      ...{ wrap_info: null, warnings },
      auth: {
        client_token: token.reveal(),
        ...{ accessor: '', policies, token_policies: policies, metadata },
        ...{ lease_duration: secondsUntil(expiresAtMs), renewable: false, entity_id: '', token_type: 'service' },
        ...{ orphan: true, mfa_requirement: null, num_uses: 0 },
      },
      mount_type: '',
    },
  };
};

/** Logs clients of Vault in, by the roles, issuers and users of `coffer.access`. */
@Controller()
export class VaultLoginController {
  constructor(
    @Inject(Authenticator)
    private readonly authenticator: Pick<Authenticator, 'authenticate' | 'logIn' | 'logInUser' | 'presentedTokens'>,
  ) {}

  @Endpoint(appRoleLogin)
  postRole(call: Call<typeof appRoleLogin>): Promise<LoginAnswer> {
    return this.byRole(call);
  }

  @Endpoint(putAppRoleLogin)
  putRole(call: Call<typeof putAppRoleLogin>): Promise<LoginAnswer> {
    return this.byRole(call);
  }

  @Endpoint(jwtLogin)
  postJwt(call: Call<typeof jwtLogin>): Promise<LoginAnswer> {
    return this.byJwt(call);
  }

  @Endpoint(putJwtLogin)
  putJwt(call: Call<typeof putJwtLogin>): Promise<LoginAnswer> {
    return this.byJwt(call);
  }

  @Endpoint(kubernetesLogin)
  postServiceAccount(call: Call<typeof kubernetesLogin>): Promise<LoginAnswer> {
    return this.byJwt(call);
  }

  @Endpoint(putKubernetesLogin)
  putServiceAccount(call: Call<typeof putKubernetesLogin>): Promise<LoginAnswer> {
    return this.byJwt(call);
  }

  @Endpoint(userLogin)
  postUser(call: Call<typeof userLogin>): Promise<LoginAnswer> {
    return this.byPassword(call);
  }

  @Endpoint(putUserLogin)
  putUser(call: Call<typeof putUserLogin>): Promise<LoginAnswer> {
    return this.byPassword(call);
  }

  private byRole({ body, browser, requestId }: RoleCall): Promise<LoginAnswer> {
    const { role_id: role, secret_id: secretId } = body;
    const warnings = ignoredWarnings(body, appRoleLogin.body);
    return this.answer(requestId, { role_name: role }, warnings, async () =>
      this.authenticator.logIn(role, new SecretValue(secretId), browser().from),
    );
  }

  private byPassword({ path, body, browser, requestId }: UserCall): Promise<LoginAnswer> {
    const username = decodeOnce(path, 'the path');
    const warnings = ignoredWarnings(body, userLogin.body);
    return this.answer(requestId, { username }, warnings, () =>
      this.authenticator.logInUser(username, new SecretValue(body.password), browser().from),
    );
  }

  private byJwt({ body, browser, requestId }: JwtCall): Promise<LoginAnswer> {
    const { jwt } = body;
    return this.answer(requestId, {}, ignoredWarnings(body, jwtLogin.body), async () => {
      const principal = await this.authenticator.authenticate({ authorization: `Bearer ${jwt}`, ...browser().from });
      if (!principal.id.startsWith('jwt:')) {
        throw new CofferError('unauthorized', 'jwt must be a JSON Web Token of an issuer in the configuration');
      }
      return { token: new SecretValue(jwt), principal, ...this.authenticator.presentedTokens.timesOf(jwt) };
    });
  }

  private async answer(
    requestId: string,
    metadata: Record<string, string>,
    warnings: string[] | null,
    logIn: () => Promise<GivenToken | Login>,
  ): Promise<LoginAnswer> {
    try {
      return answerOf(requestId, await logIn(), metadata, warnings);
    } catch (error) {
      throw logInError(error);
    }
  }
}
