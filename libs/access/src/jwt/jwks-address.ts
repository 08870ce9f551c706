import { FetchError } from './bounded-request.js';
import { issuerAddress } from './issuer-address.js';

/**
 * Where the keys of an issuer are by its discovery document, which was read from `discovery`. Throws `FetchError` as
 * `issuerAddress` does, and for the document of another issuer.
 */
export const jwksAddressOf = (
  document: unknown,
  { issuer, discovery }: { readonly issuer: string; readonly discovery: string },
): string => {
  const { issuer: named, jwks_uri: address } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new FetchError('its discovery document is of another issuer');
  return issuerAddress(address, 'jwks_uri', discovery).href;
};
