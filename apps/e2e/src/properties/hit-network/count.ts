import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { subscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';

/**
 * Loaded into a gateway before anything else (`--require`): counts what it sends to others, by whatever library.
 * SIGUSR2 is answered by a line of the counts so far on standard output. A call belongs to the HTTP request in whose
 * asynchronous context it was made; those of none, as heartbeats and fetches of the log, are counted all the same.
 */

export interface NetworkCalls {
  /** Writes to sockets that this process opened. */
  readonly writes: number;
  /** Attempts to open one, look-ups of names and datagrams. */
  readonly others: number;
}

export interface NetworkCounts {
  readonly all: NetworkCalls;
  readonly ofRequests: NetworkCalls;
  /** HTTP requests that were taken. */
  readonly requests: number;
}

type Count = { -readonly [K in keyof NetworkCalls]: number };

const request = new AsyncLocalStorage<true>();
const all: Count = { writes: 0, others: 0 };
const ofRequests: Count = { writes: 0, others: 0 };
let requests = 0;

const count = (what: keyof Count): void => {
  all[what] += 1;
  if (request.getStore() !== undefined) ofRequests[what] += 1;
};

subscribe('http.server.request.start', () => {
  requests += 1;
  request.enterWith(true);
});

const OTHERS = new Set(['TCPCONNECTWRAP', 'PIPECONNECTWRAP', 'GETADDRINFOREQWRAP', 'QUERYWRAP', 'UDPSENDWRAP']);
createHook({
  init: (_id, type) => {
    if (OTHERS.has(type)) count('others');
  },
}).enable();

/** Sockets that this process opened; the other ones are its clients'. */
const opened = new WeakSet<Socket>();
const { connect, _write, _writev } = Socket.prototype;
Socket.prototype.connect = function (this: Socket, ...args: unknown[]) {
  opened.add(this);
  return connect.apply(this, args as never);
};
Socket.prototype._write = function (this: Socket, ...args) {
  if (opened.has(this)) count('writes');
  return _write.apply(this, args);
};
Socket.prototype._writev = function (this: Socket, ...args: Parameters<NonNullable<typeof _writev>>) {
  if (opened.has(this)) count('writes');
  return _writev?.apply(this, args);
};

process.on('SIGUSR2', () => {
  process.stdout.write(`network calls ${JSON.stringify({ all, ofRequests, requests } satisfies NetworkCounts)}\n`);
});
