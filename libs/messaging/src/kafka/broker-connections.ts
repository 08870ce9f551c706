import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { ISocketFactory } from 'kafkajs';
import { hostOf } from './seed-brokers.js';

/** A broker that is silent for longer than this, in milliseconds, while others answer, is left for them. */
const MIN_SILENCE_MS = 1_500;
/** And longer than so many times what answers of the others take: all are slow on a machine that is overloaded. */
const SILENCE_LATENCIES = 8;
/** How much the latest answer counts for the mean of their times. */
const LATENCY_WEIGHT = 0.1;
/** A broker that was left gets no new connection for this long, in milliseconds. */
const REFUSAL_MS = 1_000;
const CHECK_INTERVAL_MS = 250;
const KEEP_ALIVE_DELAY_MS = 60_000;

/** Requests that are answered when something has happened (JoinGroup, SyncGroup), by their number in Kafka's protocol. */
const PATIENT_APIS: ReadonlySet<number> = new Set([11, 14]);
/** Where a request names its kind: behind its length. */
const API_KEY_AT = 4;

/** As if the broker were not there: kafkajs then asks another one. */
const unanswered = (name: string): Error =>
  Object.assign(new Error(`the broker ${name} does not answer, while others do`), { code: 'ECONNREFUSED' });

interface Exchange {
  readonly socket: Socket;
  /** When the oldest unanswered request was sent that is answered at once; `undefined` means that nothing is awaited. */
  awaitingSince: number | undefined;
  /** Whether a patient request was sent and nothing came since: what is sent behind it waits as well. */
  patient: boolean;
}

interface Answers {
  /** When the latest answered request was sent. */
  upTo: number;
  /** Mean time of the answers, in milliseconds. */
  latencyMs: number;
}

/**
 * What each broker of a cluster (`host:port`) has answered to any client of this process. A client that only waits for a
 * silent broker learns here that the others answer.
 */
export type BrokerAnswers = Map<string, Answers>;

interface Broker {
  readonly exchanges: Set<Exchange>;
  readonly answers: Answers;
  refusedUntil: number;
}

/**
 * The connections of one client of a cluster of Kafka, by broker. kafkajs keeps on asking a broker that is stopped or cut
 * off from the others until each request has timed out. Here a broker loses its connections when it is silent while
 * others answer what was sent to them later: then the client asks those, and follows them to the new leaders. A broker
 * that is alone, or a machine on which all are slow, is waited for. Times are of `performance.now`.
 */
export class BrokerConnections {
  readonly #brokers = new Map<string, Broker>();
  #timer: NodeJS.Timeout | undefined;
  #checkedAt = 0;

  /** `answers` is shared by the clients of the same cluster. */
  constructor(private readonly answers: BrokerAnswers = new Map()) {}

  /** Opens connections as kafkajs's own factory does, and watches them. */
  readonly factory: ISocketFactory = ({ host: broker, port, ssl, onConnect }) => {
    const name = `${broker}:${port}`;
    const host = hostOf(broker);
    // kafkajs gives null where there is no TLS, against its types.
    const tls = ssl as ConnectionOptions | null | undefined;
    const socket = tls
      ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...tls }, onConnect)
      : connect({ host, port }, onConnect);
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
    if (performance.now() < (this.#brokers.get(name)?.refusedUntil ?? 0)) {
      socket.destroy(unanswered(name));
    } else {
      this.#watch(name, socket);
    }
    return socket;
  };

  /**
   * Ends the connections to a broker (`host:port`), if there are some to others: the client asks those who leads. With an
   * error, because kafkajs does not notice a connection that was merely destroyed.
   */
  leave(name: string): void {
    const others = [...this.#brokers].some(([other, { exchanges }]) => other !== name && exchanges.size > 0);
    if (others) this.#end(name);
  }

  #end(name: string): void {
    for (const { socket } of this.#brokers.get(name)?.exchanges ?? []) socket.destroy(unanswered(name));
  }

  #watch(name: string, socket: Socket): void {
    const answers = this.answers.get(name) ?? { upTo: 0, latencyMs: 0 };
    this.answers.set(name, answers);
    const broker = this.#brokers.get(name) ?? { exchanges: new Set(), answers, refusedUntil: 0 };
    this.#brokers.set(name, broker);
    const exchange: Exchange = { socket, awaitingSince: undefined, patient: false };
    broker.exchanges.add(exchange);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (...args: unknown[]) => {
      const [request] = args;
      if (Buffer.isBuffer(request) && request.length >= API_KEY_AT + 2) {
        exchange.patient ||= PATIENT_APIS.has(request.readInt16BE(API_KEY_AT));
        exchange.awaitingSince = exchange.patient ? undefined : (exchange.awaitingSince ?? performance.now());
      }
      return write(...args);
    };
    socket.on('data', () => {
      exchange.patient = false;
      if (exchange.awaitingSince === undefined) return;
      answers.upTo = Math.max(answers.upTo, exchange.awaitingSince);
      answers.latencyMs += LATENCY_WEIGHT * (performance.now() - exchange.awaitingSince - answers.latencyMs);
      exchange.awaitingSince = undefined;
    });
    socket.once('close', () => {
      broker.exchanges.delete(exchange);
      this.#rest();
    });
    this.#checkedAt = performance.now();
    this.#timer ??= setInterval(() => this.#check(), CHECK_INTERVAL_MS).unref();
  }

  #check(): void {
    const now = performance.now();
    // What this process was too busy to read is nobody's silence.
    const late = Math.max(0, now - this.#checkedAt - 2 * CHECK_INTERVAL_MS);
    this.#checkedAt = now;
    for (const [name, broker] of this.#brokers) {
      const others = [...this.answers].filter(([other]) => other !== name).map(([, other]) => other);
      const limit = Math.max(
        MIN_SILENCE_MS,
        SILENCE_LATENCIES * Math.max(0, ...others.map((other) => other.latencyMs)),
      );
      const answered = Math.max(0, ...others.map((other) => other.upTo));
      for (const exchange of broker.exchanges) {
        const { awaitingSince } = exchange;
        if (awaitingSince === undefined) continue;
        if (late > 0) exchange.awaitingSince = Math.min(now, awaitingSince + late);
        else if (now - awaitingSince > limit && answered > awaitingSince) return this.#abandon(name, broker, now);
      }
    }
  }

  #abandon(name: string, broker: Broker, now: number): void {
    broker.refusedUntil = now + REFUSAL_MS;
    this.#end(name);
  }

  #rest(): void {
    if ([...this.#brokers.values()].some(({ exchanges }) => exchanges.size > 0)) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
