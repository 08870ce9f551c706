import { may, visibleNamespace, type Principal } from '@coffer/access';
import { WebhookService, type ListedUndelivered, type UndeliveredFilter } from '@coffer/webhooks';
import { Controller, Inject } from '@nestjs/common';
import type { AuditedSecret } from '../http/audit/audited.js';
import { Endpoint } from '../http/endpoint/endpoint.decorator.js';
import type { Answer, Call } from '../http/endpoint/endpoint.js';
import { sliceOf } from '../http/request/paging.js';
import { discardUndeliveredEvent, listUndeliveredEvents, replayUndeliveredEvent } from './webhooks.endpoints.js';

/** Those of the tenant's namespaces that they administer; those of no tenant belong to who administers every one. */
const visibleTo = (principal: Principal, tenant: string): UndeliveredFilter => {
  const inNamespace = visibleNamespace(principal, 'admin', tenant);
  const everywhere = may(principal, 'admin', '*');
  return (path) => (path === undefined ? everywhere : path.tenant === tenant && inNamespace(path.namespace));
};

const rowOf = ({ path, time, ...rest }: ListedUndelivered) => ({
  ...rest,
  ...(path === undefined ? {} : { tenant: path.tenant, namespace: path.namespace, key: path.key }),
  time: new Date(time).toISOString(),
});

const auditedOf = ({ path }: ListedUndelivered): { readonly audited?: readonly AuditedSecret[] } =>
  path === undefined ? {} : { audited: [{ namespace: path.namespace, key: path.key }] };

/** Events of webhooks that were given up, for those who administer the namespace of their secret. */
@Controller()
export class WebhooksController {
  constructor(@Inject(WebhookService) private readonly webhooks: WebhookService) {}

  @Endpoint(listUndeliveredEvents)
  async list(call: Call<typeof listUndeliveredEvents>): Promise<Answer<typeof listUndeliveredEvents>> {
    const { principal, tenant, query } = call;
    const events = await this.webhooks.list(visibleTo(principal, tenant));
    const results = sliceOf(events, query).map(rowOf);
    return { status: 200, headers: { 'cache-control': 'no-store' }, body: { results, total: events.length } };
  }

  @Endpoint(replayUndeliveredEvent)
  async replay(call: Call<typeof replayUndeliveredEvent>): Promise<Answer<typeof replayUndeliveredEvent>> {
    const { principal, tenant, id } = call;
    const replayed = await this.webhooks.replay(id, visibleTo(principal, tenant));
    return { status: 204, ...auditedOf(replayed), body: undefined };
  }

  @Endpoint(discardUndeliveredEvent)
  async discard(call: Call<typeof discardUndeliveredEvent>): Promise<Answer<typeof discardUndeliveredEvent>> {
    const { principal, tenant, id } = call;
    const discarded = await this.webhooks.discard(id, visibleTo(principal, tenant));
    return { status: 204, ...(discarded && auditedOf(discarded)), body: undefined };
  }
}
