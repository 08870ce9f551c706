import { Readable } from 'node:stream';
import { ThrottledLogger } from '@coffer/service';
import { Inject, Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { VaultApiConfiguration } from '@coffer/config';
import { VAULT_API } from '../process/tokens.js';
import { sendAnswer } from './answer/answer.js';
import { allowanceOf } from './budget/allowance-of.js';
import { callReader } from './endpoint/call-reader.js';
import { endpointsOf, type BoundEndpoint } from './endpoint/endpoint.decorator.js';
import {
  fullPaths,
  isAudited,
  mountedAt,
  routePattern,
  type AnyAnswer,
  type EndpointDefinition,
} from './endpoint/endpoint.js';
import { sendError } from './errors/send-error.js';
import { acceptTextOnly } from './request/text-body.js';

/** Fastify reads a stream to its end even for `HEAD`, which shows nothing of it; one may have no end. */
const endUnshown = ({ method }: FastifyRequest, { raw }: FastifyReply, payload: unknown): void => {
  if (method === 'HEAD' && payload instanceof Readable) raw.once('close', () => payload.destroy());
};

/**
 * Registers every method that `@Endpoint` marks, of every controller of the application, as a Fastify route: the only way
 * to declare one. A route has no part of Nest's pipeline, which takes longer than a read that is answered from memory, and
 * a handler that answers at once makes no promise.
 */
@Injectable()
export class EndpointRouter {
  #endpoints: readonly BoundEndpoint[] | undefined;

  constructor(
    @Inject(DiscoveryService) private readonly discovery: DiscoveryService,
    @Inject(ThrottledLogger) private readonly logger: Pick<ThrottledLogger, 'log'>,
    @Inject(VAULT_API) private readonly vault: Pick<VaultApiConfiguration, 'mount'>,
  ) {}

  /** Those of all controllers, which Nest has made before it initialises its modules. */
  get endpoints(): readonly BoundEndpoint[] {
    this.#endpoints ??= this.discovery
      .getControllers()
      .flatMap(({ instance }: { readonly instance?: unknown }) =>
        typeof instance === 'object' && instance !== null ? endpointsOf(instance) : [],
      )
      .map((endpoint) => ({ ...endpoint, definition: mountedAt(this.vault.mount, endpoint.definition) }));
    return this.#endpoints;
  }

  get definitions(): readonly EndpointDefinition[] {
    return this.endpoints.map(({ definition }) => definition);
  }

  /** To be called once, after every hook was added. */
  register(server: FastifyInstance): void {
    const takesText = ({ definition }: BoundEndpoint): boolean => definition.bodyTextTypes !== undefined;
    this.#route(
      server,
      this.endpoints.filter((endpoint) => !takesText(endpoint)),
    );
    void server.register((scope, _options, done) => {
      acceptTextOnly(scope);
      this.#route(scope, this.endpoints.filter(takesText));
      done();
    });
  }

  #route(scope: FastifyInstance, endpoints: readonly BoundEndpoint[]): void {
    for (const endpoint of endpoints) {
      const { definition } = endpoint;
      const handler = this.#handlerOf(endpoint);
      for (const path of fullPaths(definition)) {
        scope.route({
          ...{ method: definition.method, url: routePattern(path), config: { endpoint: definition }, handler },
          ...(definition.bodyMaxBytes === undefined ? {} : { bodyLimit: definition.bodyMaxBytes }),
        });
      }
    }
  }

  #handlerOf({ definition, handle }: BoundEndpoint): (request: FastifyRequest, reply: FastifyReply) => void {
    const callOf = callReader(definition);
    const waits = isAudited(definition);
    const { answerShare } = definition;
    const isVault = definition.face === 'vault';
    return (request, reply) => {
      const { audit, answerBudget } = request.server;
      const fail = (thrown: unknown): void => sendError(request, reply, thrown, this.logger);
      const send = (answer: AnyAnswer): void | Promise<void> => {
        if (answer.caller !== undefined) request.caller = answer.caller;
        return sendAnswer(definition, answer, {
          reply,
          allowance: () => allowanceOf(request, reply, answerShare),
          send: (payload, bytes = 0) => {
            const held = waits ? bytes : 0;
            answerBudget.hold(held, answerShare);
            audit.answered(
              request,
              definition,
              answer,
              () => {
                answerBudget.giveBack(held, answerShare);
                try {
                  endUnshown(request, reply, payload);
                  // To the type of a text Fastify adds a charset.
                  void reply.send(isVault && typeof payload === 'string' ? Buffer.from(payload) : payload);
                } catch (thrown) {
                  fail(thrown);
                }
              },
              (error) => {
                answerBudget.giveBack(held, answerShare);
                for (const name of [...Object.keys(answer.headers ?? {}), 'content-length', 'set-cookie']) {
                  reply.removeHeader(name);
                }
                fail(error);
              },
            );
          },
        });
      };
      try {
        // The call is as the definition types it, which the decorator has compared with the method.
        const call = callOf(request, reply);
        const intent = audit.intent(request, definition, call);
        const answer = intent === undefined ? handle(call as never) : intent.then(() => handle(call as never));
        const sent = answer instanceof Promise ? answer.then(send) : send(answer);
        if (sent instanceof Promise) sent.catch(fail);
      } catch (thrown) {
        fail(thrown);
      }
    };
  }
}
