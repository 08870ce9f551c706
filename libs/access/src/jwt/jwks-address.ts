import { FetchError } from './fetch-json.js';

/** By what `URL` makes of a host: in lower case, and with four numbers of an IPv4 address. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const isLoopback = (url: URL | null): boolean => url !== null && LOOPBACK.test(url.hostname);

/**
 * Where the keys of an issuer are by its discovery document, which was read from `discovery`: an address with TLS, or one on this
 * machine where the document itself comes from this machine. Throws `FetchError` for any other, and for the document of another issuer.
 */
export const jwksAddressOf = (
  document: unknown,
  { issuer, discovery }: { readonly issuer: string; readonly discovery: string },
): string => {
  const { issuer: named, jwks_uri: address } = (document ?? {}) as { issuer?: unknown; jwks_uri?: unknown };
  if (named !== issuer) throw new FetchError('its discovery document is of another issuer');
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null) throw new FetchError('its discovery document names no jwks_uri');
  if (url.username !== '' || url.password !== '') {
    throw new FetchError('its discovery document names a jwks_uri with a user name or a password');
  }
  const local = url.protocol === 'http:' && isLoopback(url) && isLoopback(URL.parse(discovery));
  if (url.protocol !== 'https:' && !local) {
    throw new FetchError('its discovery document names a jwks_uri that does not begin with https://');
  }
  return url.href;
};
