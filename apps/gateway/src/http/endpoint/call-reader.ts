import type { Principal } from '@coffer/access';
import { CofferError } from '@coffer/secrets';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { allowanceOf } from '../budget/allowance-of.js';
import { placeOf } from './authorize.js';
import type { Call, EndpointDefinition } from './endpoint.js';
import { browserRequestOf } from '../request/browser-request.js';
import { parseQueryString, queryRecord, type QueryPair } from '../request/query-string.js';
import { rawQueryOf } from '../request/raw-path.js';
import { validate } from '../request/validation.js';

export type CallReader<D extends EndpointDefinition> = (request: FastifyRequest, reply: FastifyReply) => Call<D>;

const NO_PAIRS: readonly QueryPair[] = [];

const isFilter = ({ name }: QueryPair): boolean => name === 'filters' || name.startsWith('filters[');

/** The query of an endpoint that takes none. */
const NO_QUERY = z.strictObject({});

/** What a query says, by its schema; most requests have none, and what that says is found out once. */
const queryReader = ({ query = NO_QUERY }: EndpointDefinition): ((pairs: readonly QueryPair[]) => unknown) => {
  const absent: unknown = Object.freeze(query.safeParse({}).data);
  return (pairs) =>
    pairs.length === 0 && absent !== undefined ? absent : validate(query, { ...queryRecord(pairs) }, 'query');
};

/**
 * The pairs of a target's query. A `?` with nothing behind it is no query, but where a key is changed it is the end of a key
 * that was not percent-encoded.
 */
const pairsReader = ({ path, method }: EndpointDefinition): ((target: string) => readonly QueryPair[]) => {
  const changesKey = path.endsWith('{key}') && method !== 'GET';
  return (target) => {
    const query = rawQueryOf(target);
    const pairs = query === '' ? NO_PAIRS : parseQueryString(query);
    if (changesKey && pairs.length === 0 && target.includes('?')) {
      throw new CofferError('invalid', 'the path ends in a ?; one that belongs to the key is sent as %3F');
    }
    return pairs;
  };
};

const verify = async (request: FastifyRequest, { raw }: FastifyReply): Promise<Principal> => {
  if (raw.writableEnded || raw.destroyed) throw new CofferError('malformed', 'the caller has left');
  return request.server.reauthorize(request);
};

/** Reads requests as their definition types them; throws `invalid` or `malformed`. Only for authorized requests. */
export const callReader = <D extends EndpointDefinition>(definition: D): CallReader<D> => {
  const takesFilters = definition.filters === true;
  const readPairs = pairsReader(definition);
  const readQuery = queryReader(definition);
  return (request, reply) => {
    const { authorized } = request;
    if (authorized === undefined) throw new CofferError('forbidden', 'this request was not authorized');
    const pairs = readPairs(request.raw.url ?? '');
    const call: Record<keyof Call, unknown> = {
      ...placeOf(authorized),
      id: authorized.parameters['id'],
      path: authorized.parameters['path'],
      query: readQuery(takesFilters ? pairs.filter((pair) => !isFilter(pair)) : pairs),
      filters: takesFilters ? pairs.filter(isFilter) : NO_PAIRS,
      headers: definition.headers && validate(definition.headers, request.headers, 'headers'),
      body: definition.body && validate(definition.body, request.body, 'body'),
      requestId: request.id,
      accept: request.headers.accept ?? '',
      browser: () => browserRequestOf(request),
      verify: () => verify(request, reply),
      allowance: () => allowanceOf(request, reply),
    };
    // The definition's types are what the schemas above just checked; the compiler cannot follow a generic one.
    return call as unknown as Call<D>;
  };
};
