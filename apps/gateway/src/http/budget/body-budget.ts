import { Transform, type Readable, type TransformCallback } from 'node:stream';
import type { Metrics } from '@coffer/observability';
import { CofferError } from '@coffer/secrets';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Bounds the bytes of the bodies of all requests under way, from before they are read until their requests end. */
class BodyBudget {
  #inFlight = 0;

  constructor(
    private readonly maxBytes: number,
    private readonly metrics: Pick<Metrics, 'refusals' | 'watchBudget'>,
  ) {
    metrics.watchBudget('bodies', () => ({ bytes: this.#inFlight, limitBytes: maxBytes }));
  }

  /** Answers the function that takes bytes for one request; they are given back when the request's answer ends, however it does. */
  open({ raw }: FastifyReply): (bytes: number) => void {
    let taken = 0;
    let ended = raw.closed || raw.writableFinished;
    const end = (): void => {
      ended = true;
      this.#inFlight -= taken;
      taken = 0;
    };
    raw.once('close', end).once('finish', end);
    return (bytes) => {
      if (ended) return;
      this.#reserve(bytes);
      taken += bytes;
    };
  }

  #reserve(bytes: number): void {
    if (this.#inFlight + bytes > this.maxBytes) {
      this.metrics.refusals.inc({ budget: 'bodies' });
      throw new CofferError(
        'overloaded',
        'the bodies of requests under way take up all of coffer.limits.bodiesInFlight; try again soon, or send less at once',
      );
    }
    this.#inFlight += bytes;
  }
}

/** Counts a body of unknown length. */
class Counted extends Transform {
  constructor(private readonly reserve: (bytes: number) => void) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.reserve(chunk.length);
      done(null, chunk);
    } catch (thrown) {
      done(thrown as Error);
    }
  }
}

/** The length that the request tells; `undefined` where it comes in chunks. */
const lengthOf = ({ headers }: FastifyRequest): number | undefined =>
  headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : undefined;

/**
 * Refuses a body with `overloaded` that does not fit into `maxBytes` beside those of the other requests under way: by the
 * length that its request tells before a byte of it is read, otherwise by what has come. Runs after the auth hook, so that
 * nobody without credentials takes a part of it.
 */
export const limitBodies = (
  server: FastifyInstance,
  maxBytes: number,
  metrics: Pick<Metrics, 'refusals' | 'watchBudget'>,
): void => {
  const budget = new BodyBudget(maxBytes, metrics);
  server.addHook('preParsing', (request, reply, payload, done) => {
    const length = lengthOf(request);
    // A longer one than any body may be is refused unread.
    if (length === 0 || (length ?? 0) > request.routeOptions.bodyLimit) return done(null, payload);
    const take = budget.open(reply);
    if (length === undefined) {
      const counted = new Counted(take);
      // Fastify takes its own listener away once it has refused the body, and the caller may leave after that.
      counted.on('error', () => undefined);
      // `pipe` hands on the end alone.
      payload.once('error', (error) => counted.destroy(error));
      const rest: Readable = payload.pipe(counted);
      return done(null, rest);
    }
    try {
      take(length);
      done(null, payload);
    } catch (thrown) {
      done(thrown as Error);
    }
  });
};
