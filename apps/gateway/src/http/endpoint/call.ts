import { CofferError, parseKey } from '@coffer/secrets';
import type { FastifyRequest } from 'fastify';
import type { Call, EndpointDefinition } from './endpoint.js';
import { parseQueryString, queryRecord, type QueryPair } from './query-string.js';
import { rawQueryOf } from './raw-path.js';
import { validate } from './validation.js';

const isFilter = ({ name }: QueryPair): boolean => name === 'filters' || name.startsWith('filters[');

/** The request as its definition types it; throws `invalid` or `malformed`. Only for what the gate let in. */
export const callOf = <D extends EndpointDefinition>(definition: D, request: FastifyRequest): Call<D> => {
  const { admitted } = request;
  if (admitted === undefined) throw new CofferError('forbidden', 'this request did not pass the gate');
  const pairs =
    definition.query === undefined && definition.filters === undefined
      ? []
      : parseQueryString(rawQueryOf(request.raw.url ?? ''));
  const takesFilters = definition.filters === true;
  const plain = takesFilters ? pairs.filter((pair) => !isFilter(pair)) : pairs;
  const rest = admitted.parameters['*'];
  const call: Record<keyof Call, unknown> = {
    principal: admitted.principal,
    tenant: admitted.tenant,
    namespace: admitted.namespace,
    key: rest === undefined ? undefined : parseKey(rest),
    id: admitted.parameters['id'],
    query: definition.query && validate(definition.query, { ...queryRecord(plain) }, 'query'),
    filters: takesFilters ? pairs.filter(isFilter) : [],
    headers: definition.headers && validate(definition.headers, request.headers, 'headers'),
    body: definition.body && validate(definition.body, request.body, 'body'),
    requestId: request.id,
    accept: request.headers.accept ?? '',
  };
  // The definition's types are what the schemas above just checked; the compiler cannot follow a generic one.
  return call as unknown as Call<D>;
};
