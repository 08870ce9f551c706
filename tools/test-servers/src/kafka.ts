import { randomBytes } from 'node:crypto';
import { cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from './apt.ts';
import { restWhileIdle } from './kafka/idle-request-queue.ts';
import { cacheFolder } from './places.ts';
import { freePort, run, which } from './processes.ts';
import type { Native, Assignments, Server } from './lifecycle.ts';
import type { KafkaConfig } from 'kafkajs';

const VARIABLE = 'COFFER_TEST_KAFKA_BROKERS';
const VERSION = '4.4.0';
const here = join(import.meta.dirname, 'kafka');

const jars = () => join(cacheFolder(), `kafka-${VERSION}`);

/** A further listener, in clear, which names `advertised` as the broker's port to whoever comes by it. */
export interface Entrance {
  readonly port: number;
  readonly advertised: number;
}

/** The value of a setting that says something of each entrance, beside what it says of the broker's own listeners. */
const withEach = (own: string, entrances: readonly Entrance[], of: (name: string, entrance: Entrance) => string) =>
  [own, ...entrances.map((entrance, number) => of(`ENTRANCE${number}`, entrance))].join(',');

/** A place in a cluster of several brokers, each of which is a controller as well. */
interface Member {
  /** From 1. */
  id: number;
  clusterId: string;
  /** The port on which it listens as a controller. */
  controller: number;
  /** The port on which it listens for the other brokers. */
  internal: number;
  /** The port at which the other brokers find it. */
  advertised: number;
  /** `controller.quorum.voters`: where the controllers find each other. */
  voters: string;
  /** Copies of the broker's own topics, and of topics that name no replication factor. */
  replicas: number;
}

/** Fsync and replication as the broker's defaults, start and rejoin fast. */
const common = (dir: string) => ({
  'process.roles': 'broker,controller',
  'controller.listener.names': 'CONTROLLER',
  'log.dirs': join(dir, 'data'),
  'offsets.topic.num.partitions': 4,
  'auto.create.topics.enable': false,
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  // After kill -9 the old registration must expire before the broker may register again.
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 300,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'log.cleaner.dedupe.buffer.size': 4194304,
  'log.segment.bytes': 67108864,
});

/** The settings of a broker that is alone, and its own controller. */
const aloneProperties = ({
  dir,
  port,
  controller,
  entrances,
}: {
  dir: string;
  port: number;
  controller: number;
  entrances: readonly Entrance[];
}) => ({
  ...common(dir),
  'node.id': 1,
  'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
  listeners: withEach(
    `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    entrances,
    (name, entrance) => `${name}://127.0.0.1:${entrance.port}`,
  ),
  'advertised.listeners': withEach(
    `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`,
    entrances,
    (name, { advertised }) => `${name}://127.0.0.1:${advertised}`,
  ),
  'listener.security.protocol.map': withEach(
    'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    entrances,
    (name) => `${name}:PLAINTEXT`,
  ),
  'inter.broker.listener.name': 'PLAINTEXT',
  'offsets.topic.replication.factor': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
});

/** The settings of one of several brokers. */
const memberProperties = ({
  dir,
  port,
  member: { id, controller, internal, advertised, voters, replicas },
}: {
  dir: string;
  port: number;
  member: Member;
}) => {
  const enough = Math.max(1, replicas - 1);
  return {
    ...common(dir),
    'node.id': id,
    'controller.quorum.voters': voters,
    listeners: `PLAINTEXT://127.0.0.1:${port},INTERNAL://127.0.0.1:${internal},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port},INTERNAL://127.0.0.1:${advertised}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'INTERNAL',
    'default.replication.factor': replicas,
    'min.insync.replicas': enough,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': enough,
    // A broker is lost for so long before others lead; where it was the active controller, another one is elected first.
    'broker.session.timeout.ms': 1500,
    'controller.quorum.fetch.timeout.ms': 1000,
    'controller.quorum.election.timeout.ms': 500,
    // A follower that is silent for this long no longer holds up writes.
    'replica.lag.time.max.ms': 3000,
  };
};

const java = (dir: string, ...rest: string[]) => [
  ...['-cp', join(dir, 'libs', '*'), '-Djava.awt.headless=true', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'],
  `-Dlog4j2.configurationFile=file:${join(dir, 'log4j2.properties')}`,
  ...rest,
];

/** A base64url text that does not begin with what would be taken for an option. */
export const newClusterId = () => randomBytes(16).toString('base64url').replace(/^-/, 'A');

/** `format`: further arguments of the storage tool. */
const starter =
  (
    settingsOf: (dir: string, port: number) => Promise<Record<string, string | number | boolean>>,
    format: () => string[],
  ): Native['start'] =>
  async (dir, port, { as, place }) => {
    cpSync(jars(), join(dir, 'libs'), { recursive: true });
    cpSync(join(here, 'log4j2.properties'), join(dir, 'log4j2.properties'));
    const lines = Object.entries(await settingsOf(dir, port)).map(([name, value]) => `${name}=${value}\n`);
    const file = await place('server.properties', lines.join(''));
    await as('java', java(dir, '-Xmx128m', 'kafka.tools.StorageTool', 'format', ...format(), '-c', file));
    return { command: 'java', args: java(dir, '-Xms128m', '-Xmx512m', 'kafka.Kafka', file) };
  };

/**
 * `entrances`: each behind something of the caller's that is at the port it advertises. `more`: further properties. `format`:
 * further arguments of the storage tool.
 */
export const startAlone = (
  entrances: readonly Entrance[],
  more: (port: number, controller: number) => Record<string, string | number | boolean> = () => ({}),
  format: readonly string[] = [],
) =>
  starter(
    async (dir, port) => {
      const controller = await freePort();
      return { ...aloneProperties({ dir, port, controller, entrances }), ...more(port, controller) };
    },
    () => ['--standalone', '-t', newClusterId(), ...format],
  );

/** Resolves once the broker answers a request. `more`: what else its clients need. */
export async function answers(address: Assignments, more: Partial<KafkaConfig> = {}) {
  const { default: kafkajs } = await import('kafkajs');
  restWhileIdle();
  const client = new kafkajs.Kafka({
    brokers: (address[VARIABLE] ?? '').split(','),
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    ...more,
  });
  const admin = client.admin();
  try {
    await admin.connect();
    await admin.listTopics();
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

export const kafka: Server = {
  name: 'kafka',
  variables: [VARIABLE],
  fromEnvironment: (env) => (env[VARIABLE] ? { [VARIABLE]: env[VARIABLE] } : undefined),
  address: (port) => ({ [VARIABLE]: `127.0.0.1:${port}` }),
  signals: { orderly: 'SIGTERM', abrupt: 'SIGKILL' },

  ready: (address) => answers(address),

  docker: {
    image: `apache/kafka:${VERSION}`,
    port: 9092,
    args: [],
    environment: () => ({ KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false' }),
  },

  native: {
    accounts: [],
    packages: 'default-jre-headless and maven (the broker itself comes from Maven Central)',

    available() {
      return which('java') && existsSync(jars()) ? { version: `Kafka ${VERSION}` } : undefined;
    },

    async install(log) {
      const lacking = [
        ...(which('java') ? [] : ['default-jre-headless']),
        ...(which('mvn') || existsSync(jars()) ? [] : ['maven']),
      ];
      if (lacking.length > 0) {
        if (!canInstall()) throw new Error(`${lacking.join(' and ')} is not installed here`);
        await installPackages([lacking], log);
      }
      if (existsSync(jars())) return;
      log(`fetching the jars of Kafka ${VERSION} with Maven, about 45 MB, into ${jars()}`);
      const draft = `${jars()}.${process.pid}`;
      await run(
        'mvn',
        ['-B', '-q', '-f', join(here, 'pom.xml'), 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`],
        {
          env: process.env,
        },
      );
      // Whoever else fetched them meanwhile has the same ones.
      if (existsSync(jars())) rmSync(draft, { recursive: true });
      else renameSync(draft, jars());
    },

    start: startAlone([]),
  },
};

/** The broker, with further entrances, so that something can stand between it and each of its clients. */
export const kafkaWith = (entrances: readonly Entrance[]): Server => ({
  ...kafka,
  native: { ...kafka.native, start: startAlone(entrances) },
});

/** One of several brokers. It answers only once most of them are there. */
export const kafkaMember = (member: Member): Server => ({
  ...kafka,
  name: `kafka-${member.id}`,
  native: {
    ...kafka.native,
    start: starter(
      async (dir, port) => memberProperties({ dir, port, member }),
      () => ['-t', member.clusterId],
    ),
  },
});
