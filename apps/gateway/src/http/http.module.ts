import {
  Inject,
  Module,
  type DynamicModule,
  type FactoryProvider,
  type ModuleMetadata,
  type OnModuleInit,
} from '@nestjs/common';
import { APP_FILTER, HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AnswerBudget, answerLimitsOf } from './budget/answer-budget.js';
import { limitBodies } from './budget/body-budget.js';
import { resolveRoutes, resolvesAtHand } from '../values/values.controller.js';
import { CONTROLLERS, ENDPOINTS } from './controllers.js';
import { HTTP_DEPENDENCIES, type HttpDependencies } from './dependencies.js';
import { answerAtHand } from './fast-path.js';
import { installGate } from './hooks/auth-hook.js';
import { measureRequests } from './hooks/measure.js';
import { countConnections } from './hooks/connections.js';
import { answerOptions } from './hooks/options.js';
import { addPlainRoute } from './endpoint-router.js';
import { traceRequests } from './hooks/trace-requests.js';
import { ErrorFilter } from './errors/error.filter.js';
import { API_DOCUMENT, describeApi } from '../system/api-document.js';

export interface HttpModuleOptions extends Pick<ModuleMetadata, 'imports'>, Pick<FactoryProvider, 'inject'> {
  readonly useFactory: (...injected: never[]) => HttpDependencies | Promise<HttpDependencies>;
}

/** Both faces, health and description. Needs an application on `createHttpAdapter()` with `HTTP_OPTIONS`. */
@Module({})
export class HttpModule implements OnModuleInit {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost<FastifyAdapter>,
    @Inject(HTTP_DEPENDENCIES) private readonly dependencies: HttpDependencies,
  ) {}

  static register({ imports = [], inject = [], useFactory }: HttpModuleOptions): DynamicModule {
    return {
      module: HttpModule,
      imports,
      controllers: CONTROLLERS,
      providers: [
        { provide: HTTP_DEPENDENCIES, inject, useFactory: useFactory as (...injected: unknown[]) => unknown },
        {
          provide: API_DOCUMENT,
          inject: [HTTP_DEPENDENCIES],
          useFactory: ({ version }: HttpDependencies) => describeApi(ENDPOINTS, version),
        },
        { provide: APP_FILTER, useClass: ErrorFilter },
      ],
    };
  }

  onModuleInit(): void {
    const server = this.host.httpAdapter.getInstance<FastifyInstance>();
    const { metrics, limits } = this.dependencies;
    const answerBudget = new AnswerBudget(answerLimitsOf(limits), metrics);
    server.decorate('answerBudget', answerBudget);
    server.decorateRequest('allowance', undefined);
    countConnections(server, this.dependencies);
    measureRequests(server, this.dependencies);
    answerOptions(server, ENDPOINTS);
    traceRequests(server, this.dependencies);
    installGate(server, this.dependencies);
    limitBodies(server, limits.bodiesInFlight, metrics);
    for (const route of resolveRoutes(this.dependencies)) addPlainRoute(server, route, this.dependencies);
    // A trace has every request, and its span begins where Fastify's hooks do.
    if (this.dependencies.traces?.active === true) return;
    for (const route of resolvesAtHand(this.dependencies))
      answerAtHand(server, route, { ...this.dependencies, answerBudget });
  }
}
