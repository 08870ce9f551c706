import { CofferError } from '@coffer/secrets';
import { readHostAndPort, refuseAddress, showHost, withoutBlanksAround } from './address.js';

/** Those of Kafka's listeners that are named after a protocol. */
const PROTOCOLS: readonly string[] = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'];
const EXAMPLE = 'it must be HOST:PORT, HOST:PORT, …';

/** One of `bootstrap.servers`, perhaps with a listener's name in front, as Kafka's own client takes it. */
const parseBroker = (text: string, protocol: string): string => {
  const listener = /^([A-Za-z0-9._-]+):\/\//.exec(text)?.[1];
  const named = PROTOCOLS.find((each) => each === listener?.toUpperCase());
  if (listener !== undefined && /^(https?|kafka|tcp)$/i.test(listener)) {
    throw refuseAddress('has a scheme in front of a host');
  }
  if (named !== undefined && named !== protocol) {
    throw refuseAddress(`names the protocol ${named} while security.protocol is ${protocol}: make them the same`);
  }
  const rest = listener === undefined ? text : text.slice(`${listener}://`.length);
  if (/[@/?#\\\s]/.test(rest)) throw refuseAddress('has more than a host and a port');
  const { host, port } = readHostAndPort(rest);
  if (port === undefined) throw refuseAddress('has a server without a port');
  return `${showHost(host)}:${port}`;
};

/**
 * Kafka's `bootstrap.servers` as `HOST:PORT`, an IPv6 address in brackets; at least one. Empty entries count for nothing,
 * as in Kafka. Throws `configuration`; the message quotes nothing.
 */
export const parseBrokers = (list: string, protocol: string): readonly string[] => {
  const servers = list
    .split(',')
    .map(withoutBlanksAround)
    .filter((server) => server !== '');
  try {
    if (servers.length === 0) throw refuseAddress('names no server');
    return servers.map((server) => parseBroker(server, protocol));
  } catch (error) {
    throw CofferError.is(error, 'configuration') ? refuseAddress(`${error.message}; ${EXAMPLE}`) : error;
  }
};
