import { SecretValue } from '@coffer/secrets';
import type { KafkaProperties } from './kafka-properties.js';

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const;

export interface KafkaSasl {
  readonly mechanism: (typeof MECHANISMS)[number];
  readonly username: string;
  readonly password: SecretValue;
}

/** An option of a JAAS line, as Java's tokenizer reads it: quoted with backslash escapes, or bare. */
const option = (jaas: string, name: string): string | undefined => {
  const [, quoted, bare] = new RegExp(`\\s${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s";]+))`).exec(jaas) ?? [];
  return quoted?.replace(/\\(.)/g, '$1') ?? bare;
};

/** `sasl.mechanism` and `sasl.jaas.config`. Kafka's default mechanism, GSSAPI, has no client in Node. */
export const readSasl = (properties: KafkaProperties): KafkaSasl | undefined => {
  const named = (properties.text('sasl.mechanism') ?? 'GSSAPI').trim().toLowerCase();
  const mechanism = MECHANISMS.find((known) => known === named);
  if (mechanism === undefined) {
    properties.problem('sasl.mechanism', 'must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, the ones that Coffer speaks');
    return undefined;
  }
  const jaas = properties.required('sasl.jaas.config');
  if (jaas === undefined) return undefined;
  const username = option(jaas, 'username');
  const password = option(jaas, 'password');
  if (username !== undefined && password !== undefined) {
    return { mechanism, username, password: new SecretValue(password) };
  }
  properties.problem('sasl.jaas.config', 'must be a login module with username="…" and password="…"');
  return undefined;
};
