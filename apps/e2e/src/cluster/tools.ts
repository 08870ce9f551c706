import { join } from 'node:path';
import type { ExternalKnobs } from '@coffer/backend-conformance';

/** What the suites use of `tools`, which are no package: imported where they lie, with the types of their docs. */

export type Role = 'cache-invalidator' | 'secret-worker' | 'gateway';

export interface Started {
  readonly role: Role;
  readonly pid: number;
  readonly port: number;
  readonly address: string;
}

export interface ToolCluster {
  readonly token: string;
  readonly kafka: string;
  readonly configuration: string;
  /** Of the store: what nothing else in it uses. */
  readonly prefix: string;
  /** Absent where the store holds nothing but what Coffer made. */
  readonly external?: ExternalKnobs;
  /** Of the processes, beside this one's. */
  readonly environment: Readonly<Record<string, string>>;
  processes(): Started[];
  start(role: Role, env?: Readonly<Record<string, string>>): Promise<Started>;
  stop(): Promise<void>;
}

interface ClusterTool {
  readonly roles: readonly Role[];
  startCluster(options: {
    readonly store: string;
    readonly counts: Readonly<Record<Role, number>>;
    readonly log: (line: string) => void;
    readonly prefix?: string;
    readonly settings?: Readonly<Record<string, unknown>>;
    /** `kestra.secret.cache`. */
    readonly cache?: Readonly<Record<string, unknown>>;
    readonly servers?: Readonly<Record<string, string>>;
    readonly replicas?: number;
  }): Promise<ToolCluster>;
}

export interface Mortal {
  readonly env: Readonly<Record<string, string>>;
  readonly handle: { readonly pid: number; readonly folder?: string };
  revive(): Promise<void>;
}

interface ServerTools {
  obtainMortal(server: unknown, options: { readonly log: (line: string) => void }): Promise<Mortal>;
  stopServer(handle: Mortal['handle']): Promise<void>;
}

const TOOLS = join(__dirname, '../../../../tools');

export const clusterTool = async (): Promise<ClusterTool> =>
  (await import(join(TOOLS, 'cluster/cluster.mjs'))) as ClusterTool;

/** A server of one's own. */
export type OwnServer = Mortal & { stop(): Promise<void> };

const own = async (server: unknown, log: (line: string) => void): Promise<OwnServer> => {
  const { obtainMortal } = (await import(join(TOOLS, 'servers/lifecycle.mjs'))) as Pick<ServerTools, 'obtainMortal'>;
  const { stopServer } = (await import(join(TOOLS, 'servers/handles.mjs'))) as Pick<ServerTools, 'stopServer'>;
  const mortal = await obtainMortal(server, { log });
  return { ...mortal, stop: () => stopServer(mortal.handle) };
};

/** A further port of a broker; clients that come by it are told `advertised` as the broker's. */
export interface Entrance {
  readonly port: number;
  readonly advertised: number;
}

/** A broker of one's own that may be killed, and how to end it and take its folder away. */
export const startBroker = async (
  log: (line: string) => void,
  entrances: readonly Entrance[] = [],
): Promise<OwnServer> => {
  const { kafkaWith } = (await import(join(TOOLS, 'servers/kafka.mjs'))) as {
    kafkaWith(entrances: readonly Entrance[]): unknown;
  };
  return own(kafkaWith(entrances), log);
};

/** A broker with Kafka's own authoriser: `admin` may do everything, the others what ACLs say. By SASL/PLAIN. */
export const startAuthorizedBroker = async (
  passwords: Readonly<Record<string, string>> & { readonly admin: string },
  log: (line: string) => void,
): Promise<OwnServer> => {
  const { authorizedKafka } = (await import(join(TOOLS, 'servers/kafka-authorized.mjs'))) as {
    authorizedKafka(passwords: Readonly<Record<string, string>>): unknown;
  };
  return own(authorizedKafka(passwords), log);
};

/** The ports at which one of several brokers is found by the others, and where it really listens. */
export interface BrokerEntries {
  readonly internal: { readonly listens: number; readonly advertised: number };
  readonly controller: { readonly listens: number; readonly advertised: number };
}

export interface OwnBrokers {
  readonly env: Readonly<Record<string, string>>;
  readonly members: readonly Mortal[];
  stop(): Promise<void>;
}

/** Several brokers of one's own, each of which may be killed. */
export const startBrokers = async (entries: readonly BrokerEntries[]): Promise<OwnBrokers> => {
  const tool = (await import(join(TOOLS, 'servers/kafka-brokers.mjs'))) as {
    startBrokers(
      count: number,
      options: { readonly log: (line: string) => void; readonly entries: readonly BrokerEntries[] },
    ): Promise<OwnBrokers>;
  };
  return tool.startBrokers(entries.length, { log: () => undefined, entries });
};

/** A Redis of one's own that may be killed: it comes back with what was in it at the last SAVE, or with nothing. */
export const startRedis = async (log: (line: string) => void): Promise<OwnServer> => {
  const { redis } = (await import(join(TOOLS, 'servers/redis.mjs'))) as { redis: unknown };
  return own(redis, log);
};
