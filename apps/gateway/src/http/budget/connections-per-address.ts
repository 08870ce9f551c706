import type { Server, Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import { AddressBlocks, addressSite } from '@coffer/access';
import type { Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import { problemOf } from '../errors/error-body.js';

/** Seconds. */
const RETRY_AFTER_SECONDS = 1;
/** What a client may take to read the refusal, whatever it sends meanwhile. */
const LINGER_MS = 1_000;
/** Connections of all addresses that may take it at the same time; those beyond are closed without an answer. */
const MAX_LINGERING = 100;

const refusalOf = (most: number): string => {
  const detail = `more than ${most} connections of one address are open (coffer.limits.connectionsPerAddress); keep and reuse them, or name the proxy that they come from in coffer.server.trustedProxies`;
  const body = JSON.stringify(problemOf(new CofferError('rate-limited', detail)));
  return (
    'HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/problem+json\r\nCache-Control: no-store\r\n' +
    `Retry-After: ${RETRY_AFTER_SECONDS}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`
  );
};

/** Answers and cuts connections of which nobody else hears. */
class Refusals {
  #lingering = 0;

  constructor(private readonly answer: string) {}

  /** What it sends is read for a moment, so that a reset does not overtake the answer. */
  refuse(socket: Socket): void {
    if (this.#lingering >= MAX_LINGERING) {
      socket.destroy();
      return;
    }
    this.#lingering += 1;
    // No idle time-out, which whoever goes on sending would put off for ever.
    const timer = setTimeout(() => socket.destroy(), LINGER_MS).unref();
    socket.once('close', () => {
      this.#lingering -= 1;
      clearTimeout(timer);
    });
    socket.on('error', () => undefined);
    socket.resume();
    socket.end(this.answer);
  }
}

type ConnectionListener = (socket: Socket) => void;

/**
 * Refuses connections of an address that has too many open, those of trusted proxies excepted, before anything else hears of
 * them. What is remembered is bounded by the open connections.
 */
export const limitConnectionsPerAddress = (
  server: Server,
  most: number,
  trustedProxies: readonly string[],
  metrics: Pick<Metrics, 'refusals'>,
): void => {
  const proxies = new AddressBlocks(trustedProxies);
  const open = new Map<string, number>();
  const refusals = new Refusals(refusalOf(most));
  const others = server.listeners('connection') as ConnectionListener[];

  /** False where there are too many. */
  const admit = (socket: Socket): boolean => {
    const { remoteAddress } = socket;
    if (remoteAddress === undefined || proxies.contains(remoteAddress)) return true;
    const site = addressSite(remoteAddress);
    const count = open.get(site) ?? 0;
    if (count >= most) return false;
    open.set(site, count + 1);
    socket.once('close', () => {
      const left = (open.get(site) ?? 1) - 1;
      if (left === 0) open.delete(site);
      else open.set(site, left);
    });
    return true;
  };

  server.removeAllListeners('connection').on('connection', (socket: Socket) => {
    if (admit(socket)) {
      for (const other of others) other.call(server, socket);
      return;
    }
    metrics.refusals.inc({ budget: 'connections-per-address' });
    // Before its handshake nothing can be said over TLS.
    if (server instanceof TlsServer) socket.destroy();
    else refusals.refuse(socket);
  });
};
