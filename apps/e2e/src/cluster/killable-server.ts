import { stopServer } from '@coffer/test-servers/handles';
import { kafkaWith, type Entrance as BrokerPort } from '@coffer/test-servers/kafka';
import { authorizedKafka, type Passwords } from '@coffer/test-servers/kafka-authorized';
import { tlsKafka, type TlsBrokerOptions } from '@coffer/test-servers/kafka-tls';
import {
  startBrokers as startMembers,
  type Brokers,
  type Entries as BrokerEntries,
} from '@coffer/test-servers/kafka-brokers';
import { obtainKillable, type Killable, type Server } from '@coffer/test-servers/lifecycle';
import { redis } from '@coffer/test-servers/redis';
import { vault } from '@coffer/test-servers/vault';
import { tlsVault, type TlsVaultOptions } from '@coffer/test-servers/vault-tls';

export type { BrokerEntries, BrokerPort, Brokers };

/** A server of the caller's own: it may be killed by its pid, and comes back on its data and its port. */
export interface KillableServer extends Pick<Killable, 'env' | 'handle' | 'revive'> {
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

const log = (): void => undefined;

const start = async (server: Server): Promise<KillableServer> => {
  const { env, handle, revive } = await obtainKillable(server, { log });
  return { env, handle, revive, stop: () => stopServer(handle) };
};

/** Redis comes back with what was in it at the last SAVE, or with nothing. */
export const startServer = async (name: 'redis' | 'vault'): Promise<KillableServer> => start({ redis, vault }[name]);

export const startBroker = async (ports: readonly BrokerPort[] = []): Promise<KillableServer> =>
  start(kafkaWith(ports));

/** A broker with Kafka's own authoriser: `admin` may do everything, the others what ACLs say. By SASL/PLAIN. */
export const startAuthorizedBroker = async (passwords: Passwords): Promise<KillableServer> =>
  start(authorizedKafka(passwords));

/** A broker that speaks TLS alone. */
export const startTlsBroker = async (options: TlsBrokerOptions): Promise<KillableServer> => start(tlsKafka(options));

/** A Vault that lets nobody connect without a client certificate; sealed and without content. */
export const startTlsVault = async (options: TlsVaultOptions): Promise<KillableServer> => start(tlsVault(options));

/** Several brokers of one cluster, each of which may be killed. */
export const startBrokers = async (entries: readonly BrokerEntries[]): Promise<Brokers> =>
  startMembers(entries.length, { log, entries });
