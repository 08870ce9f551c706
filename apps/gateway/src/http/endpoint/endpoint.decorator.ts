import { Req, RequestMapping, RequestMethod, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowanceOf } from '../budget/allowance-of.js';
import { sendAnswer } from '../answer/answer.js';
import { callReader } from './call-reader.js';
import { fullPaths, routePattern, type Answer, type Call, type EndpointDefinition } from './endpoint.js';

const DEFINITION = Symbol('endpoint');

type Handler<D extends EndpointDefinition> = (call: Call<D>) => Promise<Answer<D>>;

/**
 * Makes a controller's method the handler of a definition: Nest's route, the gate's permission, validation of the
 * request before it and of the answer after it. A method whose types differ from the definition's does not compile.
 */
export const Endpoint =
  <D extends EndpointDefinition>(definition: D) =>
  (target: object, name: string, descriptor: TypedPropertyDescriptor<Handler<D>>): void => {
    const handler = descriptor.value;
    if (handler === undefined) throw new Error(`${definition.id}: only a method can be an endpoint`);
    const callOf = callReader(definition);
    const route = async function (this: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const answer = await handler.call(this, callOf(request, reply));
      await sendAnswer(definition, answer, { reply, allowance: () => allowanceOf(request, reply) });
    };
    descriptor.value = route as unknown as Handler<D>;
    const paths = fullPaths(definition).map(routePattern);
    RequestMapping({ path: paths, method: RequestMethod[definition.method] })(target, name, descriptor);
    RouteConfig({ endpoint: definition })(target, name, descriptor);
    Reflect.defineMetadata(DEFINITION, definition, route);
    Req()(target, name, 0);
    Res()(target, name, 1);
  };

/** Every definition that the controllers handle. */
export const endpointsOf = (
  controllers: readonly (abstract new (...args: never[]) => object)[],
): EndpointDefinition[] =>
  controllers.flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype).flatMap((name) => {
      const method: unknown = Object.getOwnPropertyDescriptor(controller.prototype, name)?.value;
      const found: unknown = typeof method === 'function' ? Reflect.getMetadata(DEFINITION, method) : undefined;
      return found === undefined ? [] : [found as EndpointDefinition];
    }),
  );
