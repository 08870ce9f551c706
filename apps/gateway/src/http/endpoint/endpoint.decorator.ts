import type { CachedAnswer } from './cached-answer.js';
import type { AnyAnswer, Answer, Call, EndpointDefinition } from './endpoint.js';

/** What a request without query, headers and body says. */
export type CachedCall<D extends EndpointDefinition = EndpointDefinition> = Pick<
  Call<D>,
  'principal' | 'tenant' | 'namespace' | 'key'
>;

type Handler<D extends EndpointDefinition> = (call: Call<D>) => Answer<D> | Promise<Answer<D>>;
/**
 * Prepares a call, which is then answered again and again, as the `Accept` header wants it; `undefined` means unknown: the
 * handler is called.
 */
type CachedHandler<D extends EndpointDefinition> = (
  call: CachedCall<D>,
) => (accept: string) => CachedAnswer | undefined;

/** A definition with the method that answers it, bound to its controller. */
export interface BoundEndpoint {
  readonly definition: EndpointDefinition;
  readonly handle: (call: never) => AnyAnswer | Promise<AnyAnswer>;
  /** Prepares a call that answers from memory, or not at all. */
  readonly cached?: (call: never) => (accept: string) => CachedAnswer | undefined;
}

interface EndpointMetadata {
  readonly definition: EndpointDefinition;
  readonly cached?: string;
}

const METADATA = Symbol('endpoint');

/**
 * Makes a method of a controller the handler of a definition; a method whose types differ from the definition's does not
 * compile. `cached` names a method of the same controller that prepares a request without query and body: what it returns
 * answers with status 200, from memory. The fast path asks that before Fastify sees the request.
 */
export const Endpoint =
  <D extends EndpointDefinition, M extends string = never>(definition: D, options: { readonly cached?: M } = {}) =>
  <T extends { readonly [N in M]: CachedHandler<D> }, H extends Handler<D>>(
    _controller: T,
    name: string,
    { value }: TypedPropertyDescriptor<H>,
  ): void => {
    if (value === undefined) throw new Error(`${definition.id}: only a method can be an endpoint, and ${name} is none`);
    Reflect.defineMetadata(METADATA, { definition, ...options } satisfies EndpointMetadata, value);
  };

const metadataOf = (method: unknown): EndpointMetadata | undefined =>
  typeof method === 'function' ? (Reflect.getMetadata(METADATA, method) as EndpointMetadata | undefined) : undefined;

const methodsOf = (prototype: object): readonly unknown[] =>
  Object.getOwnPropertyNames(prototype).map(
    (name) => Object.getOwnPropertyDescriptor(prototype, name)?.value as unknown,
  );

/** The endpoints of a controller. */
export const endpointsOf = (controller: object): readonly BoundEndpoint[] =>
  methodsOf(Object.getPrototypeOf(controller) as object).flatMap((method): BoundEndpoint[] => {
    const metadata = metadataOf(method);
    if (metadata === undefined) return [];
    const handle = (method as BoundEndpoint['handle']).bind(controller);
    if (metadata.cached === undefined) return [{ definition: metadata.definition, handle }];
    const cached = (controller as Record<string, BoundEndpoint['cached']>)[metadata.cached];
    if (cached === undefined) throw new Error(`${metadata.definition.id}: there is no method '${metadata.cached}'`);
    return [{ definition: metadata.definition, handle, cached: cached.bind(controller) }];
  });
