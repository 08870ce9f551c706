import type { FastifyInstance } from 'fastify';
import { fullPaths, routePattern, type EndpointDefinition } from '../endpoint/endpoint.js';
import { rawPathOf } from '../request/raw-path.js';

declare module 'fastify' {
  interface FastifyInstance {
    /** Those that a raw path takes, `HEAD` included; none of a path that leads nowhere. Absent until the application is initialised. */
    methodsAt?: (path: string) => ReadonlySet<string>;
  }
}

interface Place {
  readonly path: RegExp;
  readonly methods: Set<string>;
}

const pathOf = (pattern: string): RegExp => {
  const parts = pattern
    .split('/')
    .map((part) => (part === '*' ? '.+' : part.startsWith(':') ? '[^/]+' : part.replaceAll('.', '\\.')));
  return new RegExp(`^${parts.join('/') || '/'}$`);
};

const placesOf = (definitions: readonly EndpointDefinition[]): readonly Place[] => {
  const places = new Map<string, Place>();
  for (const definition of definitions) {
    for (const pattern of fullPaths(definition).map(routePattern)) {
      const place = places.get(pattern) ?? { path: pathOf(pattern), methods: new Set<string>() };
      places.set(pattern, place);
      place.methods.add(definition.method);
      if (definition.method === 'GET') place.methods.add('HEAD');
    }
  }
  return [...places.values()];
};

/**
 * Tells the server which methods its paths take. `OPTIONS` says which methods a path takes, to everybody: the description of the API says no less. Before the auth hook, and no
 * answer to a browser's question whether another origin may call.
 */
export const answerOptions = (server: FastifyInstance, definitions: readonly EndpointDefinition[]): void => {
  const places = placesOf(definitions);
  const methodsAt = (path: string): ReadonlySet<string> => {
    const found = path === '*' ? places : places.filter((place) => place.path.test(path));
    return new Set(found.flatMap((place) => [...place.methods]));
  };
  server.decorate('methodsAt', methodsAt);
  server.addHook('onRequest', (request, reply, done) => {
    if (request.method !== 'OPTIONS') return done();
    const methods = methodsAt(rawPathOf(request.raw.url ?? '/'));
    if (methods.size === 0) return done();
    void reply
      .status(204)
      .header('allow', [...methods, 'OPTIONS'].join(', '))
      .send();
  });
};
