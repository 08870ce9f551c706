import type { FastifyRequest } from 'fastify';
import { CofferError } from '@coffer/secrets';
import { pathReader, rawPathOf } from '../request/raw-path.js';
import { refuseWrapping, vaultPlaceOf, vaultTenantOf } from '../request/vault-request.js';
import type { EndpointDefinition } from './endpoint.js';

/** What of a request says what it is about, as Node has it. */
export interface AddressedRequest {
  readonly url?: string | undefined;
  readonly headers: FastifyRequest['headers'];
}

/** The parameters of requests for one route; throws `malformed` or `invalid`. */
export type ParameterReader = (request: AddressedRequest) => Readonly<Record<string, string>>;

/** What is behind so many slashes, as it was sent. */
const restBehind = (rawPath: string, slashes: number): string => {
  let at = 0;
  for (let count = 0; count < slashes; count += 1) {
    at = rawPath.indexOf('/', at) + 1;
    if (at === 0) return '';
  }
  return rawPath.slice(at);
};

const vaultReader = ({ path }: EndpointDefinition, pattern: string): ParameterReader => {
  const read = pathReader(pattern);
  const slashes = pattern.split('/').length - 1;
  const restOf = (rawPath: string): string => {
    if (rawPath.includes('#')) throw new CofferError('malformed', 'the path contains a raw #; send it as %23');
    return restBehind(rawPath, slashes);
  };
  return ({ url = '/', headers }) => {
    refuseWrapping(headers);
    const rawPath = rawPathOf(url);
    const tenant = vaultTenantOf(headers);
    if (path.endsWith('{namespace}/{key}')) {
      const { namespace, key } = vaultPlaceOf(restOf(rawPath));
      return { tenant, namespace, '*': key };
    }
    return path.endsWith('{path}') ? { tenant, path: restOf(rawPath) } : { ...read(rawPath), tenant };
  };
};

/** `pattern`: the full path as the router has it. */
export const parameterReader = (definition: EndpointDefinition | undefined, pattern: string): ParameterReader => {
  if (definition?.face === 'vault') return vaultReader(definition, pattern);
  const read = pathReader(pattern);
  return ({ url = '/' }) => read(rawPathOf(url));
};
