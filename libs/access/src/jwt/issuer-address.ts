import { FetchError } from './bounded-request.js';

/** Matches hosts as `URL` normalises them: in lower case, and with four numbers of an IPv4 address. */
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

const isLoopback = (url: URL | null): boolean => url !== null && LOOPBACK.test(url.hostname);

/**
 * An address of a discovery document that was read from `discovery`: one with TLS, or one on this machine where the document
 * itself comes from this machine. Throws `FetchError`, which says `name`, for any other.
 */
export const issuerAddress = (address: unknown, name: string, discovery: string): URL => {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (url === null) throw new FetchError(`its discovery document names no ${name}`);
  if (url.username !== '' || url.password !== '') {
    throw new FetchError(`its discovery document names a ${name} with a user name or a password`);
  }
  const local = url.protocol === 'http:' && isLoopback(url) && isLoopback(URL.parse(discovery));
  if (url.protocol !== 'https:' && !local) {
    throw new FetchError(`its discovery document names a ${name} that does not begin with https://`);
  }
  return url;
};
