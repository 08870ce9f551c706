import { CofferError } from '@coffer/secrets';
import { Req, RequestMapping, RequestMethod, Res } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { callOf } from './call.js';
import { fullPaths, routePattern, type Answer, type Call, type EndpointDefinition } from './endpoint.js';

const DEFINITION = Symbol('endpoint');

type Handler<D extends EndpointDefinition> = (call: Call<D>) => Promise<Answer<D>>;

interface AnyAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

const send = (definition: EndpointDefinition, answer: AnyAnswer, reply: FastifyReply): void => {
  const declared = definition.answers[answer.status];
  if (declared === undefined) throw new CofferError('internal', `status ${answer.status} is not declared`);
  void reply.status(answer.status);
  if (answer.headers !== undefined) void reply.headers(answer.headers);
  if (declared.body === undefined) {
    void reply.send();
    return;
  }
  const checked = declared.body.safeParse(answer.body);
  if (!checked.success) throw new Error('the answer is not as the endpoint declares it');
  if (declared.types !== undefined && !reply.hasHeader('content-type')) void reply.type(declared.types[0] ?? '');
  void reply.send(checked.data);
};

/**
 * Makes a controller's method the handler of a definition: Nest's route, the gate's permission, validation of the
 * request before it and of the answer after it. A method whose types differ from the definition's does not compile.
 */
export const Endpoint =
  <D extends EndpointDefinition>(definition: D) =>
  (target: object, name: string, descriptor: TypedPropertyDescriptor<Handler<D>>): void => {
    const handler = descriptor.value;
    if (handler === undefined) throw new Error(`${definition.id}: only a method can be an endpoint`);
    const route = async function (this: unknown, request: FastifyRequest, reply: FastifyReply): Promise<void> {
      send(definition, await handler.call(this, callOf(definition, request)), reply);
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
