import { may, visibleNamespace, type Permission, type Principal } from '@coffer/access';
import { isDeadLetterId } from '@coffer/messaging';
import { CofferError } from '@coffer/secrets';
import {
  DeadLetterService,
  type DeadLetterFilter,
  type HandledDeadLetter,
  type ListedDeadLetter,
  type ReplayAuthorization,
} from '@coffer/writes';
import { Controller, Inject } from '@nestjs/common';
import type { AuditedSecret } from '../http/audit/audited.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { sliceOf } from '../http/request/paging.js';
import { discardDeadLetter, listDeadLetters, replayDeadLetter } from './dead-letters.endpoints.js';

/** Those of the tenant's namespaces that they administer; those of no tenant belong to who administers every one. */
const visibleTo = (principal: Principal, tenant: string): DeadLetterFilter => {
  const inNamespace = visibleNamespace(principal, 'admin', tenant);
  const everywhere = may(principal, 'admin', '*');
  return ({ path }) => (path === undefined ? everywhere : path.tenant === tenant && inNamespace(path.namespace));
};

/** What the endpoint of each kind of write needs; whoever replays one writes it. */
const NEEDED: Readonly<Record<ListedDeadLetter['kind'], Permission>> = {
  put: 'write',
  patch: 'write',
  delete: 'delete',
  drop: 'write',
};

const replayedBy =
  (principal: Principal): ReplayAuthorization =>
  ({ path, kind }) => {
    if (path === undefined || may(principal, NEEDED[kind], path.tenant, path.namespace)) return;
    throw new CofferError(
      'forbidden',
      `to replay this needs the permission '${NEEDED[kind]}' in namespace '${path.namespace}' of tenant ` +
        `'${path.tenant}', beside 'admin'`,
    );
  };

const rowOf = ({ id, path, kind, code, operation, time }: ListedDeadLetter) => ({
  id,
  ...(path === undefined ? {} : { tenant: path.tenant, namespace: path.namespace, key: path.key }),
  kind,
  code,
  operation,
  time: new Date(time).toISOString(),
});

const auditedOf = ({ path, operation }: HandledDeadLetter): AuditedSecret => ({
  ...(path === undefined ? {} : { namespace: path.namespace, key: path.key }),
  operation,
});

const idOf = ({ id }: { readonly id: string }): string => {
  if (isDeadLetterId(id)) return id;
  throw new CofferError('invalid', 'invalid dead letter id: it is the one that the list shows');
};

/** Mutations that failed for good, for those who administer their namespace. */
@Controller()
export class DeadLettersController {
  constructor(@Inject(DeadLetterService) private readonly deadLetters: DeadLetterService) {}

  @Endpoint(listDeadLetters)
  async list({ principal, tenant, query }: Call<typeof listDeadLetters>): Promise<Answer<typeof listDeadLetters>> {
    const letters = await this.deadLetters.list(visibleTo(principal, tenant));
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { results: sliceOf(letters, query).map(rowOf), total: letters.length },
    };
  }

  @Endpoint(replayDeadLetter)
  async replay(call: Call<typeof replayDeadLetter>): Promise<Answer<typeof replayDeadLetter>> {
    const { principal, tenant } = call;
    const replayed = await this.deadLetters.replay(
      idOf(call),
      visibleTo(principal, tenant),
      replayedBy(principal),
      principal.id,
    );
    const { operation: id } = replayed;
    return {
      status: 202,
      headers: { location: `/coffer/v1/${tenant}/operations/${encodeURIComponent(id)}` },
      audited: [auditedOf(replayed)],
      body: { id, state: 'pending' },
    };
  }

  @Endpoint(discardDeadLetter)
  async discard(call: Call<typeof discardDeadLetter>): Promise<Answer<typeof discardDeadLetter>> {
    const { principal, tenant } = call;
    const discarded = await this.deadLetters.discard(idOf(call), visibleTo(principal, tenant), principal.id);
    return { status: 204, ...(discarded && { audited: [auditedOf(discarded)] }), body: undefined };
  }
}
