import { parseRedisAddress } from '@coffer/config';
import { Cluster, Redis } from 'ioredis';
import { tlsAdvice, type SecretValue } from '@coffer/secrets';
import { familyOf, mendsByReconnecting } from './error-family.js';
import { endConnectionsOnUnexpectedReplies } from './unexpected-replies.js';

export interface RedisSettings {
  /** `redis:` or, by TLS, `rediss:`; may hold a user's name and password. */
  readonly url: SecretValue;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** The client's own certificate, PEM, and its key. */
  readonly own?: { readonly certificate: string; readonly key: SecretValue; readonly keyPassword?: SecretValue };
  /** The address is one node of a cluster. */
  readonly cluster: boolean;
}

export interface ConnectionOptions {
  readonly settings: RedisSettings;
  /** Called when a connection was lost or could not be made; the reason is without the address. `advice` names a setting. */
  readonly onTrouble: (reason: string, advice?: string) => void;
}

export type Connection = Redis | Cluster;

/** The pause before a lost connection is tried again: it grows by the first value with each attempt, up to the last. */
const RECONNECT = { firstMs: 50, maxMs: 1_000 };
/** Bounds a connection attempt and any command; callers wait less. */
const COMMAND_TIMEOUT_MS = 2_000;

const reconnectDelayMs = (times: number): number => Math.min(RECONNECT.firstMs * times, RECONNECT.maxMs);

/** A connection that is sound is given up for an answer's sake no more often than this. */
const RECONNECT_INTERVAL_MS = 1_000;

/** What may be said of an error: its kind. Messages of the client may quote commands. */
const reasonOf = (error: unknown): string => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : familyOf(error);
};

const SETTINGS = { authority: 'coffer.redis.ca', address: 'coffer.redis.url', certificate: 'coffer.redis.cert' };

const tlsOf = ({ ca, own }: RedisSettings) => ({
  ...(ca === undefined ? {} : { ca }),
  ...(own && { cert: own.certificate, key: own.key.reveal() }),
  ...(own?.keyPassword && { passphrase: own.keyPassword.reveal() }),
});

/** Whether a connection is to be made anew because of an answer, as the client asks of every error that it reads. */
const reconnectsOn = (): ((error: unknown) => boolean) => {
  let last = -Infinity;
  return (error) => {
    const now = performance.now();
    if (!mendsByReconnecting(familyOf(error)) || now - last < RECONNECT_INTERVAL_MS) return false;
    last = now;
    return true;
  };
};

/**
 * One connection (or one for each node), made in the background and made again for ever. Commands are tried once and
 * fail at once where there is no connection; a `subscriber`'s wait for it.
 */
export const connect = ({ settings, onTrouble }: ConnectionOptions, subscriber = false): Connection => {
  endConnectionsOnUnexpectedReplies();
  const { host, port, tls, username, password, database } = parseRedisAddress(settings.url.reveal());
  const address = { host, port };
  const node = {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(tls ? { tls: tlsOf(settings) } : {}),
    // Pushed messages of protocol 3 are dropped by the client.
    protocol: 2 as const,
    // Needs a permission of its own and is of no use here.
    disableClientInfo: true,
    connectTimeout: COMMAND_TIMEOUT_MS,
    ...(subscriber ? {} : { commandTimeout: COMMAND_TIMEOUT_MS, maxRetriesPerRequest: 0 }),
    autoResendUnfulfilledCommands: false,
    // Whoever listens subscribes on every connection itself: nobody would hear of an error of the client's own attempt,
    // and an error of a promise that nobody awaits ends the process.
    autoResubscribe: false,
    reconnectOnError: reconnectsOn(),
    enableReadyCheck: false,
  };
  const connection = settings.cluster
    ? new Cluster([address], {
        redisOptions: node,
        clusterRetryStrategy: reconnectDelayMs,
        enableOfflineQueue: subscriber,
        slotsRefreshTimeout: COMMAND_TIMEOUT_MS,
        maxRedirections: 3,
        retryDelayOnFailover: 10,
      })
    : new Redis({ ...node, ...address, db: database, retryStrategy: reconnectDelayMs, enableOfflineQueue: subscriber });
  connection.on('error', (error: unknown) =>
    onTrouble(reasonOf(error), tlsAdvice((error as { readonly code?: unknown }).code, SETTINGS)),
  );
  return connection;
};
