import { Authenticator } from '@coffer/access';
import { AuditTrail } from '@coffer/audit';
import type { LimitsConfiguration, VaultApiConfiguration } from '@coffer/config';
import { KeyRing } from '@coffer/crypto';
import { Metrics, type Traces } from '@coffer/observability';
import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { APP_FILTER, DiscoveryModule, HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { LIMITS, PUBLIC_URL, TRACES, TRUSTED_PROXIES, VAULT_API } from '../process/tokens.js';
import { admitRequests, openAdmission } from './admission.js';
import { AnswerBudget, answerLimitsOf } from './budget/answer-budget.js';
import { limitBodies } from './budget/body-budget.js';
import { limitConnectionsPerAddress } from './budget/connections-per-address.js';
import { RequestQuota } from './budget/request-quota.js';
import { EndpointRouter } from './endpoint-router.js';
import { ErrorFilter } from './errors/error.filter.js';
import { answerCached } from './fast-path.js';
import { addAudit, RequestAudit } from './hooks/audit-hook.js';
import { addAuthHook, type RequestAuthenticator } from './hooks/auth-hook.js';
import { countConnections, measureRequests } from './hooks/measure.js';
import { answerOptions } from './hooks/options.js';
import { PublicAddress } from './request/public-address.js';
import { traceRequests } from './hooks/trace-requests.js';

/** What every request goes through. Needs an application on `createHttpAdapter()` with `HTTP_OPTIONS`. */
@Module({
  imports: [DiscoveryModule],
  providers: [
    EndpointRouter,
    { provide: APP_FILTER, useClass: ErrorFilter },
    {
      provide: RequestQuota,
      inject: [LIMITS, Metrics],
      useFactory: (limits: LimitsConfiguration, metrics: Metrics) => new RequestQuota(limits, metrics),
    },
  ],
  exports: [EndpointRouter, RequestQuota],
})
export class HttpModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(EndpointRouter) private readonly router: EndpointRouter,
    @Inject(Authenticator) private readonly authenticator: RequestAuthenticator,
    @Inject(RequestQuota) private readonly requests: RequestQuota,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(LIMITS) private readonly limits: LimitsConfiguration,
    @Inject(TRACES) private readonly traces: Traces,
    @Inject(AuditTrail) private readonly trail: Pick<AuditTrail, 'append' | 'appendPrepared'>,
    @Inject(KeyRing) private readonly ring: KeyRing,
    @Inject(TRUSTED_PROXIES) private readonly trustedProxies: readonly string[],
    @Inject(PUBLIC_URL) private readonly publicUrl: string | undefined,
    @Inject(VAULT_API) private readonly vault: VaultApiConfiguration,
  ) {}

  onModuleInit(): void {
    const { router, authenticator, requests, metrics, limits, traces } = this;
    const audit = new RequestAudit(this.trail, this.ring, this.trustedProxies);
    const answerBudget = new AnswerBudget(answerLimitsOf(limits), metrics);
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    server.decorate('answersVault', this.vault.enabled);
    server.decorate('answerBudget', answerBudget);
    server.decorateRequest('allowance', undefined);
    server.decorate('refusals', metrics.refusals);
    server.decorate('publicAddress', new PublicAddress(this.trustedProxies, this.publicUrl));
    addAudit(server, audit);
    limitConnectionsPerAddress(server.server, limits.connectionsPerAddress, this.trustedProxies, metrics);
    countConnections(server, metrics);
    measureRequests(server, metrics);
    answerOptions(server, router.definitions);
    traceRequests(server, traces);
    addAuthHook(server, authenticator, requests);
    limitBodies(server, limits.bodiesInFlight, metrics);
    router.register(server);
    admitRequests(server, metrics, openAdmission(limits));
    // A trace has every request, and its span begins where Fastify's hooks do.
    if (!traces.active)
      answerCached(server, router.endpoints, { authenticator, requests, metrics, answerBudget, audit });
  }
}
