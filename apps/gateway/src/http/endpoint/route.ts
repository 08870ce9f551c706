import type { FastifyContextConfig, FastifyInstance, FastifyRequest } from 'fastify';
import type { EndpointDefinition } from './endpoint.js';
import { parameterReader, type ParameterReader } from './parameter-reader.js';

/** What the hooks of every request ask about its route. */
export interface Route {
  /** Its path as the router has it; absent where the request matched no route. */
  readonly url?: string;
  /** Absent where there is no route, or one that declares nothing. */
  readonly definition?: EndpointDefinition;
  /** Whether browsers may show what it answers. */
  readonly page: boolean;
  readonly parametersOf: ParameterReader;
}

declare module 'fastify' {
  interface FastifyRequest {
    foundRoute: Route | undefined;
  }
  interface FastifyContextConfig {
    endpoint?: EndpointDefinition;
  }
}

const isPage = (definition: EndpointDefinition | undefined): boolean =>
  definition === undefined || Object.values(definition.answers).some(({ types }) => types?.includes('text/html'));

const NOWHERE: Route = { page: false, parametersOf: () => ({}) };

const describe = (url: string, definition: EndpointDefinition | undefined): Route => ({
  url,
  ...(definition && { definition }),
  page: isPage(definition),
  parametersOf: parameterReader(definition, url),
});

const routes = new WeakMap<FastifyContextConfig, Route>();

const find = ({ routeOptions: { url, config } }: FastifyRequest): Route => {
  if (url === undefined) return NOWHERE;
  let route = routes.get(config);
  if (route === undefined) routes.set(config, (route = describe(url, config.endpoint)));
  return route;
};

/** Worked out once for a request: Fastify makes `routeOptions` anew whenever they are asked for. */
export const routeOf = (request: FastifyRequest): Route => (request.foundRoute ??= find(request));

/** Before the first request is asked for its route. */
export const rememberRoutes = (server: FastifyInstance): void => {
  server.decorateRequest('foundRoute', undefined);
};
