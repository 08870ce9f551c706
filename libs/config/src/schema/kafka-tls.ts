import { SecretValue } from '@coffer/secrets';
import type { LoadContext } from '../load-context.js';
import { certificatesOf, isKeyOf, looksLikePem, privateKeyOf } from '../text-form/pem.js';
import type { KafkaProperties } from './kafka-properties.js';

export interface KafkaTls {
  /** PEM of the authorities to trust; defaults to the system's. */
  readonly ca?: string;
  /** The client's own certificate with its chain, PEM. */
  readonly certificate?: string;
  /** The client's private key, PEM. */
  readonly key?: SecretValue;
  readonly passphrase?: SecretValue;
  /** False when `ssl.endpoint.identification.algorithm` is empty: the certificate need not name the host. */
  readonly verifyHostname: boolean;
}

type Store = 'truststore' | 'keystore';

/** How to get PEM out of a Java store, with the property lines to write afterwards. */
const conversion = (store: Store, type: string): string => {
  const first =
    type === 'PKCS12'
      ? ''
      : `keytool -importkeystore -srckeystore ${store}.jks -destkeystore ${store}.p12 -deststoretype PKCS12, then `;
  const source = type === 'PKCS12' ? 'STORE' : `${store}.p12`;
  const kind = store === 'truststore' ? '-nokeys ' : '';
  return (
    `is a Java keystore (${type}), which only Java reads. Convert it: ${first}` +
    `openssl pkcs12 -in ${source} ${kind}-out ${store}.pem; then set ssl.${store}.type: PEM and ` +
    `ssl.${store}.location: ${store}.pem`
  );
};

/** The PEM file behind `ssl.STORE.location`; a Java keystore, Kafka's default, is a problem with its way out. */
const storeFile = (store: Store, properties: KafkaProperties): string | undefined => {
  const name = `ssl.${store}.location`;
  const location = properties.line(name);
  const type = (properties.text(`ssl.${store}.type`) ?? 'JKS').trim().toUpperCase();
  if (location === undefined) return undefined;
  if (type === 'PEM') return location;
  const known = ['JKS', 'PKCS12'].includes(type) ? type : 'another type';
  properties.problem(name, conversion(store, known));
  return undefined;
};

/** What `read` makes of the PEM that one of the two properties holds or names; `undefined` where neither is set. */
const readPem = <T>(
  [inline, location]: readonly [string, string],
  file: string | undefined,
  properties: KafkaProperties,
  context: LoadContext,
  read: (pem: string) => T,
): T | undefined => {
  const text = properties.text(inline);
  const [name, value] = text === undefined ? [location, file] : [inline, text];
  if (value === undefined) return undefined;
  if (name === inline && !looksLikePem(value)) {
    properties.problem(inline, 'must be PEM: it must contain a line -----BEGIN …-----');
    return undefined;
  }
  return context.readPem(value, [...properties.path, name], read);
};

/** The TLS part of Kafka's properties: https://kafka.apache.org/documentation/#producerconfigs */
export const readTls = (properties: KafkaProperties, context: LoadContext): KafkaTls => {
  const passphrase = properties.line('ssl.key.password') || undefined;
  const trusted = storeFile('truststore', properties);
  const own = storeFile('keystore', properties);
  const truststore = ['ssl.truststore.certificates', 'ssl.truststore.location'] as const;
  const ca = readPem(truststore, trusted, properties, context, certificatesOf);
  const chain = ['ssl.keystore.certificate.chain', 'ssl.keystore.location'] as const;
  const certificate = readPem(chain, own, properties, context, certificatesOf);
  const privateKey = ['ssl.keystore.key', 'ssl.keystore.location'] as const;
  const key = readPem(privateKey, own, properties, context, (pem) => privateKeyOf(pem, passphrase));
  for (const [name, there, other] of [
    ['ssl.keystore.key', certificate, key],
    ['ssl.keystore.certificate.chain', key, certificate],
  ] as const) {
    if (own === undefined && there !== undefined && other === undefined && properties.text(name) === undefined) {
      properties.problem(name, 'is missing: a key and its certificate belong together');
    }
  }
  if (certificate !== undefined && key !== undefined && !isKeyOf(certificate, key, passphrase)) {
    const name = properties.text('ssl.keystore.key') === undefined ? 'ssl.keystore.location' : 'ssl.keystore.key';
    properties.problem(name, 'holds a private key that is not the key of the first certificate');
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key: new SecretValue(key) }),
    ...(passphrase === undefined ? {} : { passphrase: new SecretValue(passphrase) }),
    verifyHostname: properties.text('ssl.endpoint.identification.algorithm') !== '',
  };
};
