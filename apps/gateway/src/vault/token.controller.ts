import { Authenticator } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import { Controller, Inject } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { answerOf, NO_STORE, timeText } from './answers.js';
import {
  lookUpSelf,
  postLookUpSelf,
  postRenewSelf,
  postRevokeSelf,
  putLookUpSelf,
  putRenewSelf,
  putRevokeSelf,
} from './token.endpoints.js';
import { policyOf, secondsUntil, shownToken } from './token-facts.js';

type TokenData = Answer<typeof lookUpSelf>['body']['data'];
type LookUpCall = Omit<Call<typeof lookUpSelf>, never>;
type RevokeCall = Omit<Call<typeof postRevokeSelf>, never>;

const secondsOf = (timeMs: number | undefined): number => Math.floor((timeMs ?? 0) / 1_000);

const notRenewable = (): never => {
  throw new CofferError('invalid', 'lease is not renewable');
};

/** The token of whoever calls, in Vault's words. */
@Controller()
export class VaultTokenController {
  constructor(@Inject(Authenticator) private readonly authenticator: Pick<Authenticator, 'presentedTokens'>) {}

  @Endpoint(lookUpSelf)
  async lookUp(call: Call<typeof lookUpSelf>): Promise<Answer<typeof lookUpSelf>> {
    return this.describe(call);
  }

  @Endpoint(postLookUpSelf)
  async postLookUp(call: Call<typeof postLookUpSelf>): Promise<Answer<typeof postLookUpSelf>> {
    return this.describe(call);
  }

  @Endpoint(putLookUpSelf)
  async putLookUp(call: Call<typeof putLookUpSelf>): Promise<Answer<typeof putLookUpSelf>> {
    return this.describe(call);
  }

  @Endpoint(postRenewSelf)
  postRenew(_call: Call<typeof postRenewSelf>): never {
    return notRenewable();
  }

  @Endpoint(putRenewSelf)
  putRenew(_call: Call<typeof putRenewSelf>): never {
    return notRenewable();
  }

  @Endpoint(postRevokeSelf)
  async postRevoke(call: Call<typeof postRevokeSelf>): Promise<Answer<typeof postRevokeSelf>> {
    return this.revoke(call);
  }

  @Endpoint(putRevokeSelf)
  async putRevoke(call: Call<typeof putRevokeSelf>): Promise<Answer<typeof putRevokeSelf>> {
    return this.revoke(call);
  }

  private describe({ principal, requestId, headers }: LookUpCall): Answer<typeof lookUpSelf> {
    const token = shownToken(headers);
    const { issuedAtMs, expiresAtMs } = this.authenticator.presentedTokens.timesOf(token);
    const isBounded = issuedAtMs !== undefined && expiresAtMs !== undefined;
    const data: TokenData = {
      ...{ accessor: '', creation_time: secondsOf(issuedAtMs) },
      creation_ttl: isBounded ? secondsOf(expiresAtMs - issuedAtMs) : 0,
      ...{ display_name: principal.id, entity_id: '', explicit_max_ttl: 0, id: token },
      expire_time: expiresAtMs === undefined ? null : timeText(expiresAtMs),
      ...{ issue_time: timeText(issuedAtMs), meta: null, num_uses: 0, orphan: true, path: 'auth/token/create' },
      ...{
        policies: principal.grants.map(policyOf),
        renewable: false,
        ttl: secondsUntil(expiresAtMs),
        type: 'service',
      },
    };
    return { status: 200, headers: NO_STORE, body: answerOf(requestId, data, null, 'token') };
  }

  private async revoke({ headers }: RevokeCall): Promise<Answer<typeof postRevokeSelf>> {
    if ((await this.authenticator.presentedTokens.end(shownToken(headers))) === 'configuration') {
      throw new CofferError(
        'invalid',
        'this credential is in the configuration (coffer.access) and ends when it is taken out of there; tokens that a log-in gave can be revoked',
      );
    }
    return { status: 204, body: undefined };
  }
}
