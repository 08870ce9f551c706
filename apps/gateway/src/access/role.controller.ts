import { Authenticator } from '@coffer/access';
import { SecretValue } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { logInError } from './log-in-error.js';
import { logIn } from './role.endpoints.js';

/** Logs in whoever has a secret id of a role. */
@Controller()
export class RoleController {
  constructor(@Inject(Authenticator) private readonly authenticator: Pick<Authenticator, 'logIn'>) {}

  @Endpoint(logIn)
  async logIn({ body, browser }: Call<typeof logIn>): Promise<Answer<typeof logIn>> {
    try {
      const { from } = browser();
      const { token, expiresAtMs, principal } = this.authenticator.logIn(
        body.role,
        new SecretValue(body.secretId),
        from,
      );
      return {
        status: 200,
        headers: { 'cache-control': 'no-store' },
        caller: principal,
        body: { token: token.reveal(), tokenType: 'Bearer', expires: new Date(expiresAtMs).toISOString() },
      };
    } catch (error) {
      throw logInError(error);
    }
  }
}
