import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from '../dependencies.js';
import { sendError } from '../errors/send-error.js';
import { sendAnswer, type AnyAnswer } from './answer.js';
import { callReader } from './call.js';
import { fullPaths, routePattern, type Answer, type Call, type EndpointDefinition } from './endpoint.js';

/** An endpoint with its handler, which answers at once where it can. */
export interface PlainRoute {
  readonly definition: EndpointDefinition;
  readonly answer: (request: FastifyRequest) => AnyAnswer | Promise<AnyAnswer>;
}

/** Keeps definition and handler of one type. */
export const plainRoute = <D extends EndpointDefinition>(
  definition: D,
  handler: (call: Call<D>) => Answer<D> | Promise<Answer<D>>,
): PlainRoute => {
  const callOf = callReader(definition);
  return { definition, answer: (request) => handler(callOf(request)) };
};

/**
 * A route beside Nest's: the same gate, validation and errors as a controller's, without Nest's pipeline, which takes
 * longer than a read that is answered from memory.
 */
export const addPlainRoute = (
  server: FastifyInstance,
  { definition, answer }: PlainRoute,
  { logger }: Pick<HttpDependencies, 'logger'>,
): void => {
  const handler = (request: FastifyRequest, reply: FastifyReply): void => {
    const fail = (thrown: unknown): void => sendError(request, reply, thrown, logger);
    try {
      const answered = answer(request);
      if (answered instanceof Promise) answered.then((later) => sendAnswer(definition, later, reply)).catch(fail);
      else sendAnswer(definition, answered, reply);
    } catch (thrown) {
      fail(thrown);
    }
  };
  for (const path of fullPaths(definition)) {
    server.route({ method: definition.method, url: routePattern(path), config: { endpoint: definition }, handler });
  }
};
