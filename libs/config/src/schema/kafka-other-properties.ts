import { canonicalKey, showKey } from '../key-case.js';
import type { KafkaProperties } from './kafka-properties.js';

const READ = [
  ...['bootstrap.servers', 'client.id', 'security.protocol', 'sasl.mechanism', 'sasl.jaas.config'],
  ...['ssl.truststore.type', 'ssl.truststore.location', 'ssl.truststore.certificates'],
  ...['ssl.keystore.type', 'ssl.keystore.location', 'ssl.keystore.key', 'ssl.keystore.certificate.chain'],
  ...['ssl.key.password', 'ssl.endpoint.identification.algorithm'],
] as const;

/** Any spelling of a name, of which Kafka takes one alone. */
const spelled = (name: string): string => canonicalKey(name).replaceAll('.', '');

const RIGHT_NAMES = new Map<string, string>(READ.map((name) => [spelled(name), name]));

/** Values that ask for nothing else than what is given in any case, in lower case; `undefined` for every value. */
const HARMLESS: Readonly<Record<string, ReadonlySet<string> | undefined>> = {
  'ssl.protocol': new Set(['tls', 'tlsv1.2', 'tlsv1.3']),
  'ssl.keymanager.algorithm': new Set(['sunx509', 'pkix']),
  'ssl.trustmanager.algorithm': new Set(['pkix', 'sunx509']),
  'ssl.truststore.password': undefined,
  'ssl.keystore.password': undefined,
  'ssl.secure.random.implementation': undefined,
};

/** Node speaks TLS 1.2 and 1.3. */
const TLS_VERSIONS = 'ssl.enabled.protocols';

/** Words of properties that decide how safe a connection is, or as whom it is made. */
const DECISIVE = /^(ssl|sasl|security|config\.providers)\b|tls|proxy/i;
/** Properties of SASL mechanisms that Coffer does not support, and of when their log-ins are repeated. */
const OF_OTHERS = /^sasl\.(oauthbearer|kerberos|login\.(refresh|retry|connect|read))\./i;

const isHarmless = (name: string, value: string): boolean => {
  const text = value.trim().toLowerCase();
  if (name === TLS_VERSIONS) return text.split(',').some((version) => version.trim() === 'tlsv1.2');
  return Object.hasOwn(HARMLESS, name) && (HARMLESS[name]?.has(text) ?? true);
};

const asksForMore = (name: string, value: string): boolean =>
  DECISIVE.test(name) && !OF_OTHERS.test(name) && !isHarmless(name, value);

/** Those that decide where a client connects. */
const PLACES: ReadonlySet<string> = new Set([spelled('bootstrap.servers'), spelled('bootstrap.controllers')]);

/** Whether a property of this name, in any spelling, decides where, as whom or how safely a client connects. */
export const isDecisive = (name: string, value: string): boolean =>
  PLACES.has(spelled(name)) || RIGHT_NAMES.get(spelled(name))?.startsWith('s') === true || asksForMore(name, value);

const unsupported = (name: string): string =>
  name === TLS_VERSIONS
    ? 'must have TLSv1.2 among its versions: Coffer speaks TLS 1.2 and 1.3, and cannot be kept from one of them'
    : 'is not supported, and asks for more than Coffer gives: remove it';

/**
 * Looks at the properties that nothing is read from. Adds a problem for those that must not be ignored: whoever wrote them
 * expects a safer connection, or another user. Returns the names of those that change nothing.
 */
export const checkOtherProperties = (properties: KafkaProperties): readonly string[] => {
  const unused: string[] = [];
  for (const name of properties.names) {
    if (READ.some((known) => known === name)) continue;
    const right = RIGHT_NAMES.get(spelled(name));
    const value = properties.raw(name);
    const given = typeof value === 'string' ? value : Array.isArray(value) ? value.join(',') : '';
    if (right !== undefined) properties.problem(showKey(name), `must be written ${right}, as Kafka reads it`);
    else if (asksForMore(name, given)) {
      properties.problem(showKey(name), unsupported(name));
    } else unused.push(showKey(name));
  }
  return unused;
};

/** Adds a problem for each property that takes effect under another `security.protocol` alone. */
export const checkEffect = (properties: KafkaProperties, speaksTls: boolean, logsIn: boolean): void => {
  for (const name of properties.names) {
    if (/^ssl\./.test(name) && !speaksTls && name !== 'ssl.endpoint.identification.algorithm') {
      properties.problem(showKey(name), 'has no effect: security.protocol must be SSL or SASL_SSL for TLS');
    }
    if ((name === 'sasl.mechanism' || name === 'sasl.jaas.config') && !logsIn) {
      properties.problem(name, 'has no effect: security.protocol must be SASL_SSL or SASL_PLAINTEXT for a log-in');
    }
  }
};
