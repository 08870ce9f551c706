import { CofferError, SecretValue } from '@coffer/secrets';
import { parseJaas } from '../jaas.js';
import type { KafkaProperties } from './kafka-properties.js';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;
const JAAS = 'sasl.jaas.config';

export interface KafkaSasl {
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly username: string;
  readonly password: SecretValue;
}

/** Adds a problem; `undefined` for what is no login module. */
const optionsOf = (line: string, properties: KafkaProperties): ReadonlyMap<string, string> | undefined => {
  try {
    return parseJaas(line.replace(/^\ufeff/, '')).options;
  } catch (error) {
    if (!CofferError.is(error, 'configuration')) throw error;
    properties.problem(JAAS, error.message);
    return undefined;
  }
};

/** `sasl.mechanism` and `sasl.jaas.config`. Kafka's default mechanism, GSSAPI, has no client in Node. */
export const readSasl = (properties: KafkaProperties, warnings: string[]): KafkaSasl | undefined => {
  const named = (properties.text('sasl.mechanism') ?? 'GSSAPI').trim().toLowerCase();
  const mechanism = MECHANISMS.find((known) => known === named);
  if (mechanism === undefined) {
    properties.problem('sasl.mechanism', 'must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, the ones that Coffer speaks');
    return undefined;
  }
  const line = properties.required(JAAS);
  const options = line === undefined ? undefined : optionsOf(line, properties);
  if (options === undefined) return undefined;
  if (options.get('tokenauth')?.toLowerCase() === 'true') {
    properties.problem(JAAS, 'asks by tokenauth for a delegation token, which the client cannot use; give a password');
  }
  const username = options.get('username');
  const password = options.get('password');
  if (username === undefined || password === undefined) {
    properties.problem(JAAS, 'must be a login module with username="…" and password="…"');
    return undefined;
  }
  const unused = [...options.keys()].filter((name) => !['username', 'password', 'tokenauth'].includes(name));
  if (unused.length > 0)
    warnings.push(`${properties.nameOf(JAAS)} has options that are not used: only username and password are`);
  return { mechanism, username, password: new SecretValue(password) };
};
