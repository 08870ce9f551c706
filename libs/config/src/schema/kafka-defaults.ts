import { z } from 'zod';
import { showKey, showPath, type Step } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { treeAt } from '../tree.js';
import { isDecisive } from './kafka-other-properties.js';
import { readKafkaProperties, type KafkaProperties } from './kafka-properties.js';

/** Kestra's clients, each of which may have properties over those of `kestra.kafka.client`. */
const CLIENTS = ['producer', 'consumer', 'stream', 'admin'] as const;
const DEFAULTS = ['kestra', 'kafka', 'defaults'] as const;
const CLIENT = 'kestra.kafka.client.properties';
const OWN_CLIENT = 'coffer.kafka.client.properties';
const MIN_INSYNC_REPLICAS = 'min.insync.replicas';

const propertiesOf = (whose: string) =>
  z
    .record(z.string(), z.unknown())
    .meta({ separator: '.' })
    .optional()
    .describe(
      `Of ${whose}, not of Coffer: warned of. Those that decide where, as whom or how safely a client connects are refused ` +
        `unless ${CLIENT} says the same, or ${OWN_CLIENT} says what Coffer does.`,
    );

const client = (name: string) => z.looseObject({ properties: propertiesOf(`Kestra’s ${name}`) }).optional();

/** Kestra's properties by kind of client. */
export const kestraClientDefaults = {
  producer: client('producers'),
  consumer: client('consumers'),
  stream: client('streams'),
  admin: client('admin clients'),
};

export const kestraTopicProperties = z
  .record(z.string(), z.unknown())
  .meta({ separator: '.' })
  .optional()
  .describe(
    `Of Kestra’s topics: warned of. ${MIN_INSYNC_REPLICAS} is refused where it asks for more than Coffer’s own topics have: ` +
      '2 with a replicationFactor of 3 or more.',
  );

/** What `kestra.kafka` has and `coffer.kafka` has not. */
export const kestraKafkaOnly = z.looseObject({
  defaults: z
    .looseObject({ topic: z.looseObject({ properties: kestraTopicProperties }).optional(), ...kestraClientDefaults })
    .optional(),
});

/** What is read of `kestra.kafka`. */
export const KESTRA_KAFKA_GROUPS = [
  [[], ['client', 'defaults']],
  [['client'], ['properties']],
  [['defaults'], ['topic', ...CLIENTS]],
  [
    ['defaults', 'topic'],
    ['partitions', 'replicationFactor', 'properties'],
  ],
  ...CLIENTS.map((name) => [['defaults', name], ['properties']] as const),
] as const;

const textOf = (properties: KafkaProperties, name: string): string | undefined => {
  const value = properties.raw(name);
  if (Array.isArray(value)) return value.join(',').trim();
  return typeof value === 'string' ? value.trim() : undefined;
};

const warnOf = (unused: readonly string[], path: readonly Step[], { warnings }: LoadContext): void => {
  if (unused.length > 0)
    warnings.push(`${showPath(path)} has some that change nothing here: ${unused.map(showKey).join(', ')}`);
};

const propertiesAt = (path: readonly Step[], context: LoadContext): KafkaProperties =>
  readKafkaProperties(treeAt(context.tree, path) ?? {}, path, context.errors);

/**
 * Looks at the properties of Kestra's clients by kind, of which Coffer takes none: it connects by those of `client`. Adds a
 * problem for each that decides where, as whom or how safely Kestra connects and differs from those.
 */
export const checkClientDefaults = (context: LoadContext): void => {
  const shared = propertiesAt(['kestra', 'kafka', 'client', 'properties'], context);
  const own = propertiesAt(['coffer', 'kafka', 'client', 'properties'], context);
  const saysItself = (name: string): boolean =>
    own.names.includes(name) || (own.names.includes('security.protocol') && name !== 'bootstrap.servers');
  for (const client of CLIENTS) {
    const path = [...DEFAULTS, client, 'properties'];
    const properties = propertiesAt(path, context);
    const unused: string[] = [];
    for (const name of properties.names) {
      const given = textOf(properties, name);
      if (!isDecisive(name, given ?? '')) unused.push(name);
      else if (!saysItself(name) && (given === undefined || given !== textOf(shared, name))) {
        properties.problem(
          showKey(name),
          `is of Kestra’s ${client} clients alone, and may decide where, as whom or how safely they connect: set it in ${CLIENT}, ` +
            `or say in ${OWN_CLIENT} what Coffer does`,
        );
      }
    }
    warnOf(unused, path, context);
  }
};

/** As `checkClientDefaults`, of the properties of Kestra's topics, which Coffer's own do not have. */
export const checkTopicDefaults = (replicationFactor: number | undefined, context: LoadContext): void => {
  const path = [...DEFAULTS, 'topic', 'properties'];
  const properties = propertiesAt(path, context);
  const asked = properties.raw(MIN_INSYNC_REPLICAS);
  const most = (replicationFactor ?? 1) >= 3 ? 2 : 1;
  if (asked !== undefined && !(Number(asked) <= most)) {
    properties.problem(
      MIN_INSYNC_REPLICAS,
      'asks for more than Coffer’s topics have: 2 where replicationFactor is 3 or more, otherwise what the broker says; ' +
        'set kestra.kafka.defaults.topic.replicationFactor: 3, or remove it',
    );
  }
  warnOf(
    properties.names.filter((name) => name !== MIN_INSYNC_REPLICAS),
    path,
    context,
  );
};
