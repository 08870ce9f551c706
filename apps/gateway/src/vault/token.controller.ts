import type { Grant } from '@coffer/access';
import { Controller } from '@nestjs/common';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { answerOf, NO_STORE, timeText } from './answers.js';
import { lookUpSelf, postLookUpSelf } from './token-endpoints.js';

type TokenData = Answer<typeof lookUpSelf>['body']['data'];
type LookUpCall = Omit<Call<typeof lookUpSelf>, never>;

/** A grant in the place of Vault's name of a policy. */
export const policyOf = ({ tenant, namespace, permissions }: Grant): string =>
  `${tenant}/${namespace}:${permissions.join(',')}`;

const tokenOf = ({ 'x-vault-token': token = '', authorization = '' }: LookUpCall['headers']): string =>
  token === '' ? (/^Bearer +(\S+)$/i.exec(authorization)?.[1] ?? '') : token;

/** Who is calling, in Vault's words. */
@Controller()
export class VaultTokenController {
  @Endpoint(lookUpSelf)
  async lookUp(call: Call<typeof lookUpSelf>): Promise<Answer<typeof lookUpSelf>> {
    return this.describe(call);
  }

  @Endpoint(postLookUpSelf)
  async postLookUp(call: Call<typeof postLookUpSelf>): Promise<Answer<typeof postLookUpSelf>> {
    return this.describe(call);
  }

  private describe({ principal, requestId, headers }: LookUpCall): Answer<typeof lookUpSelf> {
    const data: TokenData = {
      ...{ accessor: '', creation_time: 0, creation_ttl: 0, display_name: principal.id, entity_id: '' },
      ...{ expire_time: null, explicit_max_ttl: 0, id: tokenOf(headers), issue_time: timeText(undefined), meta: null },
      ...{ num_uses: 0, orphan: true, path: 'auth/token/create', policies: principal.grants.map(policyOf) },
      ...{ renewable: false, ttl: 0, type: 'service' },
    };
    return { status: 200, headers: NO_STORE, body: answerOf(requestId, data, null, 'token') };
  }
}
