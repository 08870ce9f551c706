import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { bodyTooSlow } from '../errors/broken-request.js';

const CHECK_INTERVAL_MS = 1_000;

/** A body that is being read. */
interface Reading {
  readonly socket: Socket;
  /** Bytes of the connection before it. */
  readonly before: number;
  readonly since: number;
  /** Whether it was too slow when it was last looked at. */
  isSlow: boolean;
}

/**
 * Cuts connections whose request's body comes with fewer bytes a second than that, once the grace is over. One check for all bodies; two in a
 * row must find it slow, so that nobody pays for a moment in which this process itself was.
 */
export const limitBodyRate = (server: FastifyInstance, bytesPerSecond: number, graceMs: number): void => {
  const readings = new Set<Reading>();
  let timer: NodeJS.Timeout | undefined;

  const check = (): void => {
    for (const reading of readings) {
      const { socket, before, since } = reading;
      const countedMs = performance.now() - since - graceMs;
      const slow = countedMs > 0 && (socket.bytesRead - before) * 1_000 < countedMs * bytesPerSecond;
      if (slow && reading.isSlow) {
        readings.delete(reading);
        server.server.emit('clientError', bodyTooSlow(), socket);
      }
      reading.isSlow = slow;
    }
    if (readings.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };

  server.addHook('preParsing', (request, _reply, payload, done) => {
    const { headers, raw } = request;
    if (raw.complete || (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined)) {
      return done(null, payload);
    }
    const { socket } = raw;
    const reading: Reading = { socket, before: socket.bytesRead, since: performance.now(), isSlow: false };
    readings.add(reading);
    timer ??= setInterval(check, CHECK_INTERVAL_MS).unref();
    const end = (): boolean => readings.delete(reading);
    raw.once('end', end).once('close', end);
    done(null, payload);
  });
};
