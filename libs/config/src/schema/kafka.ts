import { CofferError } from '@coffer/secrets';
import { z } from 'zod';
import { parseBrokers } from '../address/broker-address.js';
import { showPath } from '../key-case.js';
import type { LoadContext } from '../load-context.js';
import { at, merge, treeAt, type Tree } from '../tree.js';
import {
  checkClientDefaults,
  checkTopicDefaults,
  KESTRA_KAFKA_GROUPS,
  kestraClientDefaults,
  kestraKafkaOnly,
  kestraTopicProperties,
} from './kafka-defaults.js';
import { checkEffect, checkOtherProperties } from './kafka-other-properties.js';
import { readKafkaProperties, type KafkaProperties } from './kafka-properties.js';
import { readSasl, type KafkaSasl } from './kafka-sasl.js';
import { readTls, type KafkaTls } from './kafka-tls.js';
import { readOfKestra } from './read-of-kestra.js';
import { choice, wholeNumber } from './scalars.js';

/** Kafka's own dotted names, which may also be nested. */
const properties = z
  .record(z.string(), z.unknown())
  .meta({ separator: '.' })
  .default({})
  .describe(
    'Kafka’s own properties, dotted or nested: bootstrap.servers, client.id, security.protocol, sasl.mechanism, ' +
      'sasl.jaas.config, ssl.truststore.*, ssl.keystore.*, ssl.key.password, ssl.endpoint.identification.algorithm. ' +
      'Others change nothing, and are warned of; those that ask for more protection are refused.',
  );
const topic = {
  partitions: wholeNumber(1, 10_000)
    .optional()
    .describe('Partitions of topics that Coffer makes; defaults to what `coffer.messaging` says.'),
  replicationFactor: wholeNumber(1, 100)
    .optional()
    .describe('Replicas of topics that Coffer makes; defaults to the broker’s own setting.'),
};

/** `kestra.kafka`, of which Coffer needs a part. */
export const kestraKafka = z.looseObject({
  client: z.looseObject({ properties }).prefault({}),
  defaults: z
    .looseObject({
      topic: z.looseObject({ ...topic, properties: kestraTopicProperties }).prefault({}),
      ...kestraClientDefaults,
    })
    .prefault({}),
});

/** `coffer.kafka`: the same, and nothing else. */
export const cofferKafka = z.strictObject({
  client: z.strictObject({ properties }).prefault({}),
  defaults: z.strictObject({ topic: z.strictObject(topic).prefault({}) }).prefault({}),
});

export interface KafkaConfiguration {
  /** `host:port`, at least one. */
  readonly brokers: readonly string[];
  readonly clientId?: string;
  /** `undefined` for a connection in clear. */
  readonly tls?: KafkaTls;
  readonly sasl?: KafkaSasl;
  /** Settings of topics that Coffer makes. `partitions` defaults to `coffer.messaging`, `replicationFactor` to the broker's. */
  readonly topic: { readonly partitions?: number; readonly replicationFactor?: number };
}

const protocol = choice(['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']);

/** Adds a problem; empty for what names no brokers. */
const readBrokers = (values: KafkaProperties, security: string): readonly string[] => {
  const servers = values.required('bootstrap.servers');
  if (servers === undefined) return [];
  try {
    return parseBrokers(servers, security);
  } catch (error) {
    if (!CofferError.is(error, 'configuration')) throw error;
    values.problem('bootstrap.servers', error.message);
    return [];
  }
};

/** What belongs to the protocol: where Coffer has one of its own, what Kestra's needs is of no matter. */
const settingOf = ({ tree, errors }: LoadContext, merged: KafkaProperties): KafkaProperties => {
  const path = ['coffer', 'kafka', 'client', 'properties'];
  const own = readKafkaProperties(treeAt(tree, path) ?? {}, path, errors);
  return own.names.includes('security.protocol') ? own : merged;
};

const withoutProperties = ({ properties: _properties, ...rest }: Tree): Tree => rest;

/** `kestra.kafka` without what Coffer does not read, with `coffer.kafka` over it. Adds errors and warnings. */
const mergedKafka = (context: LoadContext): unknown => {
  const kestras = readOfKestra(['kestra', 'kafka'], KESTRA_KAFKA_GROUPS, context);
  context.errors.check(kestraKafkaOnly, kestras ?? {}, ['kestra', 'kafka']);
  const client = at(kestras, ['client']);
  const read = {
    ...(client === undefined ? {} : { client }),
    defaults: { topic: withoutProperties(treeAt(kestras, ['defaults', 'topic']) ?? {}) },
  };
  return merge(read, at(context.tree, ['coffer', 'kafka']));
};

/** `coffer.kafka` over `kestra.kafka`; `undefined` where neither says how to reach a broker. */
export const resolveKafka = (context: LoadContext): KafkaConfiguration | undefined => {
  const { errors } = context;
  const owner = at(context.tree, ['coffer', 'kafka']) === undefined ? 'kestra' : 'coffer';
  const settings = errors.check(cofferKafka, mergedKafka(context), [owner, 'kafka']);
  checkClientDefaults(context);
  checkTopicDefaults(settings?.defaults.topic.replicationFactor, context);
  if (settings === undefined || Object.keys(settings.client.properties).length === 0) return undefined;
  const path = [owner, 'kafka', 'client', 'properties'];
  const values = readKafkaProperties(settings.client.properties, path, errors);
  const unused = checkOtherProperties(values);
  if (unused.length > 0)
    context.warnings.push(`${showPath(path)} has some that change nothing here: ${unused.join(', ')}`);

  const security = errors.check(protocol, values.text('security.protocol') ?? 'PLAINTEXT', [
    ...values.path,
    'security.protocol',
  ]);
  checkEffect(settingOf(context, values), security?.endsWith('SSL') ?? true, security?.startsWith('SASL') ?? true);
  const brokers = readBrokers(values, security ?? 'PLAINTEXT');
  const clientId = values.line('client.id') || undefined;
  const tls = security === 'SSL' || security === 'SASL_SSL' ? readTls(values, context) : undefined;
  const sasl =
    security === 'SASL_PLAINTEXT' || security === 'SASL_SSL' ? readSasl(values, context.warnings) : undefined;
  const { partitions, replicationFactor } = settings.defaults.topic;
  return {
    brokers,
    ...(clientId === undefined ? {} : { clientId }),
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
    topic: {
      ...(partitions === undefined ? {} : { partitions }),
      ...(replicationFactor === undefined ? {} : { replicationFactor }),
    },
  };
};
