import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { HttpDependencies } from './dependencies.js';
import { allowanceOf } from './budget/allowance-of.js';
import { sendError } from './errors/send-error.js';
import { sendAnswer, type AnyAnswer } from './answer/answer.js';
import { callReader } from './endpoint/call-reader.js';
import { fullPaths, routePattern, type Answer, type Call, type EndpointDefinition } from './endpoint/endpoint.js';

/** An endpoint with its handler, which answers at once where it can. */
export interface PlainRoute {
  readonly definition: EndpointDefinition;
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => AnyAnswer | Promise<AnyAnswer>;
}

/** Keeps definition and handler of one type. */
export const plainRoute = <D extends EndpointDefinition>(
  definition: D,
  handler: (call: Call<D>) => Answer<D> | Promise<Answer<D>>,
): PlainRoute => {
  const callOf = callReader(definition);
  return { definition, answer: (request, reply) => handler(callOf(request, reply)) };
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
    const send = (answered: AnyAnswer): void | Promise<void> =>
      sendAnswer(definition, answered, { reply, allowance: () => allowanceOf(request, reply) });
    try {
      const answered = answer(request, reply);
      const sent = answered instanceof Promise ? answered.then(send) : send(answered);
      if (sent instanceof Promise) sent.catch(fail);
    } catch (thrown) {
      fail(thrown);
    }
  };
  for (const path of fullPaths(definition)) {
    server.route({ method: definition.method, url: routePattern(path), config: { endpoint: definition }, handler });
  }
};
