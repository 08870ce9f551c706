import { logLevel, type Admin, type Kafka, type KafkaConfig, type RetryOptions, type SASLOptions } from 'kafkajs';
import type { KafkaConfiguration } from '@coffer/config';
import { restWhileIdle } from './idle-request-queue.js';
import type { BrokerAnswers } from './broker-connections.js';
import { ResponsiveKafka } from './responsive-kafka.js';
import { keepMembership } from './group-members.js';
import { followProduceAttempts } from './produce-attempts.js';
import { ignoreStaleSockets } from './stale-sockets.js';
import { nameForClient } from './seed-brokers.js';

/** Consumers come back within half a second of a broker's return; the client's defaults take six. */
export const PATIENT = { initialRetryTime: 50, maxRetryTime: 500, retries: 100_000 };
/** What somebody waits for: given up after about five seconds without a broker, in which another one takes over. */
export const BOUNDED = { initialRetryTime: 50, maxRetryTime: 250, retries: 22 };

/** A killed member's partitions move within 10 s: the session, and the others' heartbeat. Milliseconds. */
export const GROUP_TIMES = {
  sessionTimeout: 6_000,
  heartbeatInterval: 1_000,
  rebalanceTimeout: 10_000,
  maxWaitTimeInMs: 500,
};

/**
 * Times of a tail, the only member of its group: nobody waits for its partitions, so a process that is slow to say that it
 * lives loses nothing for that. One that joins anew waits for the member before it until the time of a rebalance is over.
 */
export const TAIL_TIMES = {
  ...GROUP_TIMES,
  sessionTimeout: 30_000,
  heartbeatInterval: 3_000,
  rebalanceTimeout: 6_000,
};

const CONNECTION_TIMEOUT_MS = 2_000;
const REQUEST_TIMEOUT_MS = 5_000;

/** Called with what the client logs, without its payloads: they may quote what was sent. */
export type KafkaLog = (level: 'warn' | 'error', message: string) => void;

const saslOf = ({ sasl }: KafkaConfiguration): SASLOptions | undefined => {
  if (sasl === undefined) return undefined;
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password: password.reveal() };
};

const tlsOf = ({ tls }: KafkaConfiguration): KafkaConfig['ssl'] => {
  if (tls === undefined) return undefined;
  return {
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key.reveal() }),
    ...(tls.passphrase === undefined ? {} : { passphrase: tls.passphrase.reveal() }),
    ...(tls.verifyHostname ? {} : { checkServerIdentity: () => undefined }),
  };
};

/**
 * A client of the cluster that Kestra's own properties name. Connects to nothing yet. `retry`: of connections. `answers` is
 * shared by the clients of that cluster.
 */
export const connectKafka = (
  configuration: KafkaConfiguration,
  log: KafkaLog,
  retry: RetryOptions = BOUNDED,
  answers: BrokerAnswers = new Map(),
): Kafka => {
  restWhileIdle();
  keepMembership();
  ignoreStaleSockets();
  followProduceAttempts();
  const sasl = saslOf(configuration);
  const ssl = tlsOf(configuration);
  const config: KafkaConfig = {
    clientId: configuration.clientId ?? 'coffer',
    brokers: configuration.brokers.map(nameForClient),
    ...(sasl === undefined ? {} : { sasl }),
    ...(ssl === undefined ? {} : { ssl }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry,
    logLevel: logLevel.WARN,
    logCreator: () => (entry) =>
      log(entry.level === logLevel.ERROR ? 'error' : 'warn', `${entry.namespace}: ${entry.log.message}`),
  };
  return new ResponsiveKafka(config, answers);
};

/**
 * Longest wait for leaders of partitions, in milliseconds: those of topics just made are elected a moment later, and known
 * to all brokers when these find the time.
 */
const LEADERS_TIMEOUT_MS = 120_000;
const LEADERS_RETRY_DELAY_MS = 100;

/**
 * The client takes a connection for complete also where its first exchange went wrong, on a machine that is too busy for
 * instance, and says this of every request from then on. Only a new connection mends it.
 */
const HALF_CONNECTED = 'Broker not connected';

/** The name of what the client says when it has repeated something passing as often as it may. */
const RETRIES_EXCEEDED = 'KafkaJSNumberOfRetriesExceeded';

/** What a cluster that is getting ready says, or a client that did not get hold of it. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Error &&
  (('retriable' in error && error.retriable === true) ||
    error.name === RETRIES_EXCEEDED ||
    error.message === HALF_CONNECTED);

/** Asks about partitions again and again while the cluster says that it cannot answer yet. */
export const onceLed = async <T>(admin: Admin, ask: () => Promise<T>): Promise<T> => {
  const until = performance.now() + LEADERS_TIMEOUT_MS;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isPassing(error) || performance.now() > until) throw error;
      if ((error as Error).message === HALF_CONNECTED) {
        await admin.disconnect();
        await admin.connect();
      }
      await new Promise((resolve) => setTimeout(resolve, LEADERS_RETRY_DELAY_MS));
    }
  }
};
