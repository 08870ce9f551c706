import { SecretValue } from '@coffer/secrets';
import type { Loading } from '../loading.js';
import type { KafkaProperties } from './kafka-properties.js';

export interface KafkaTls {
  /** PEM of the authorities to trust; absent: the system's. */
  readonly ca?: string;
  /** The client's own certificate with its chain, PEM. */
  readonly certificate?: string;
  /** The client's private key, PEM. */
  readonly key?: SecretValue;
  readonly passphrase?: SecretValue;
  /** False when `ssl.endpoint.identification.algorithm` is empty: the certificate need not name the host. */
  readonly verifyHostname: boolean;
}

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/;

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
const storeFile = (store: Store, properties: KafkaProperties, loading: Loading): string | undefined => {
  const name = `ssl.${store}.location`;
  const location = properties.text(name);
  const type = (properties.text(`ssl.${store}.type`) ?? 'JKS').trim().toUpperCase();
  if (location === undefined || location === '') return undefined;
  if (type === 'PEM') return loading.readPem(location, [...properties.path, name]);
  const known = ['JKS', 'PKCS12'].includes(type) ? type : 'another type';
  properties.problem(name, conversion(store, known));
  return undefined;
};

/** The TLS part of Kafka's properties: https://kafka.apache.org/documentation/#producerconfigs */
export const readTls = (properties: KafkaProperties, loading: Loading): KafkaTls => {
  const ca = properties.text('ssl.truststore.certificates') ?? storeFile('truststore', properties, loading);
  const file = storeFile('keystore', properties, loading);
  const certificate =
    properties.text('ssl.keystore.certificate.chain') ?? (file?.match(CERTIFICATES)?.join('\n') || undefined);
  const key = properties.text('ssl.keystore.key') ?? file?.match(PRIVATE_KEY)?.[0];
  const passphrase = properties.text('ssl.key.password');
  if (file !== undefined && (key === undefined || certificate === undefined)) {
    properties.problem('ssl.keystore.location', 'must hold a private key and its certificate, both PEM');
  }
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key: new SecretValue(key) }),
    ...(passphrase === undefined || passphrase === '' ? {} : { passphrase: new SecretValue(passphrase) }),
    verifyHostname: properties.text('ssl.endpoint.identification.algorithm') !== '',
  };
};
