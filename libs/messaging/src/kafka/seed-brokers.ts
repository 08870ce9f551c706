import net from 'node:net';
import tls from 'node:tls';
import type { ISocketFactory } from 'kafkajs';

/** As the client's own. In milliseconds. */
const KEEP_ALIVE_DELAY_MS = 60_000;
/** RFC 6761, section 6.4: a name below it never resolves. */
const STANDS_FOR = /^ipv6-([0-9a-f-]+)\.invalid$/;

/**
 * The client cuts the address of a broker at its first colon, so an IPv6 address (`[::1]:9092`) is given to it under a
 * name, which `openSocket` turns back into the address. Other addresses stay as they are.
 */
export const nameForClient = (broker: string): string => {
  const [, address, port] = /^\[([^\]]+)\]:(\d+)$/.exec(broker) ?? [];
  return address === undefined ? broker : `ipv6-${Buffer.from(address).toString('hex')}.invalid:${port}`;
};

const hostOf = (name: string): string => {
  const [, hex] = STANDS_FOR.exec(name) ?? [];
  return hex === undefined ? name : Buffer.from(hex, 'hex').toString();
};

/** As the client's own, for hosts under the names of `nameForClient` as well. */
export const openSocket: ISocketFactory = ({ host: name, port, ssl, onConnect }) => {
  const host = hostOf(name);
  // The client's types do not say that there is none where the connection goes in clear.
  const secure = ssl as tls.ConnectionOptions | undefined;
  const socket =
    secure === undefined
      ? net.connect({ host, port }, onConnect)
      : tls.connect({ host, port, ...(net.isIP(host) === 0 ? { servername: host } : {}), ...secure }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  return socket;
};
