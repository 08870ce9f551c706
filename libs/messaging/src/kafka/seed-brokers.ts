/** RFC 6761, section 6.4: a name below it never resolves. */
const STANDS_FOR = /^ipv6-([0-9a-f-]+)\.invalid$/;

/**
 * The client cuts the address of a broker at its first colon, so an IPv6 address (`[::1]:9092`) is given to it under a
 * name, which `hostOf` turns back into the address. Other addresses stay as they are.
 */
export const nameForClient = (broker: string): string => {
  const [, address, port] = /^\[([^\]]+)\]:(\d+)$/.exec(broker) ?? [];
  return address === undefined ? broker : `ipv6-${Buffer.from(address).toString('hex')}.invalid:${port}`;
};

/** The host behind the name that the client was given. */
export const hostOf = (name: string): string => {
  const [, hex] = STANDS_FOR.exec(name) ?? [];
  return hex === undefined ? name : Buffer.from(hex, 'hex').toString();
};
