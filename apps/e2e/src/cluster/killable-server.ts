import { join } from 'node:path';

/** `tools` are no package: they are imported where they lie, with the types of their docs. */
const TOOLS = join(__dirname, '../../../../tools/test-servers/src');

/** A server of the caller's own: it may be killed by its pid, and comes back on its data and its port. */
export interface KillableServer {
  /** Where it is, in the variables of `tools/test-servers`. */
  readonly env: Readonly<Record<string, string>>;
  readonly handle: { readonly pid: number; readonly folder?: string };
  /** Resolves when it answers again. */
  revive(): Promise<void>;
  /** Ends it and removes its folder. */
  stop(): Promise<void>;
}

type Obtained = Omit<KillableServer, 'stop'>;

const load = async <T>(file: string): Promise<T> => (await import(join(TOOLS, file))) as T;

const start = async (server: unknown): Promise<KillableServer> => {
  const { obtainKillable } = await load<{
    obtainKillable(server: unknown, options: { readonly log: (line: string) => void }): Promise<Obtained>;
  }>('lifecycle.mjs');
  const { stopServer } = await load<{ stopServer(handle: Obtained['handle']): Promise<void> }>('handles.mjs');
  const { env, handle, revive } = await obtainKillable(server, { log: () => undefined });
  return { env, handle, revive, stop: () => stopServer(handle) };
};

/** Redis comes back with what was in it at the last SAVE, or with nothing. */
export const startServer = async (name: 'redis' | 'vault'): Promise<KillableServer> =>
  start((await load<Readonly<Record<string, unknown>>>(`${name}.mjs`))[name]);

/** A further port of a broker; clients that come by it are told `advertised` as the broker's. */
export interface BrokerPort {
  readonly port: number;
  readonly advertised: number;
}

export const startBroker = async (ports: readonly BrokerPort[] = []): Promise<KillableServer> => {
  const { kafkaWith } = await load<{ kafkaWith(ports: readonly BrokerPort[]): unknown }>('kafka.mjs');
  return start(kafkaWith(ports));
};

/** A broker with Kafka's own authoriser: `admin` may do everything, the others what ACLs say. By SASL/PLAIN. */
export const startAuthorizedBroker = async (
  passwords: Readonly<Record<string, string>> & { readonly admin: string },
): Promise<KillableServer> => {
  const { authorizedKafka } = await load<{ authorizedKafka(passwords: object): unknown }>('kafka-authorized.mjs');
  return start(authorizedKafka(passwords));
};

/** The ports at which one of several brokers is found by the others, and where it really listens. */
export interface BrokerEntries {
  readonly internal: { readonly listens: number; readonly advertised: number };
  readonly controller: { readonly listens: number; readonly advertised: number };
}

export interface Brokers {
  readonly env: Readonly<Record<string, string>>;
  readonly members: readonly Obtained[];
  stop(): Promise<void>;
}

/** Several brokers of one cluster, each of which may be killed. */
export const startBrokers = async (entries: readonly BrokerEntries[]): Promise<Brokers> => {
  const tool = await load<{
    startBrokers(
      count: number,
      options: { readonly log: (line: string) => void; readonly entries: readonly BrokerEntries[] },
    ): Promise<Brokers>;
  }>('kafka-brokers.mjs');
  return tool.startBrokers(entries.length, { log: () => undefined, entries });
};
