import { lookup } from 'node:dns/promises';
import type { AddressInfo, Server } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { CofferError } from '@coffer/secrets';

const parsePort = (text: string): number => {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new CofferError('configuration', 'COFFER_PORT must be a port number from 0 to 65535');
  }
  return port;
};

/** `COFFER_PORT`, else the configured port. Throws `configuration`. */
export const portOf = (env: NodeJS.ProcessEnv, configured: number): number => {
  const text = env['COFFER_PORT'];
  return text === undefined || text === '' ? configured : parsePort(text);
};

/**
 * Runs `listen` with the one address of the host, of IPv4 where it has one, and names the way out when the port is taken.
 * Fastify listens at each address of `localhost`, and its servers beside the first have neither limits nor the fast path.
 */
export const listenOn = async (
  { host, port }: { readonly host: string; readonly port: number },
  listen: (address: string) => Promise<unknown>,
): Promise<void> => {
  try {
    const { address } = await lookup(host, { order: 'ipv4first' });
    await listen(address);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new CofferError('configuration', `port ${port} is in use; stop what listens there, or set COFFER_PORT`);
  }
};

/** An address that a client on this machine can open. */
export const addressOf = (server: Pick<Server, 'address'>): string => {
  const { address, port } = server.address() as AddressInfo;
  const host =
    address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address.includes(':') ? `[${address}]` : address;
  return `${server instanceof TlsServer ? 'https' : 'http'}://${host}:${port}`;
};
