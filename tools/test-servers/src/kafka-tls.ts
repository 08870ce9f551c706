import { answers, kafka, startAlone } from './kafka.ts';
import type { Server } from './lifecycle.ts';

/** PEM of what a broker of one's own is made of; `authority` is the one that it trusts, too. */
export interface BrokerTls {
  readonly certificate: string;
  /** PKCS #8. */
  readonly key: string;
  readonly authority: string;
}

export interface TlsBrokerOptions {
  readonly tls: BrokerTls;
  /** Who may log in by SCRAM-SHA-512. */
  readonly user: { readonly name: string; readonly password: string };
  /** Where whoever shows a certificate of the authority is let in. */
  readonly mutualPort: number;
}

/** PEM in one line of a properties file. */
const escaped = (pem: string): string => pem.trim().replaceAll('\n', '\\n');

const properties = ({ tls, mutualPort }: TlsBrokerOptions, port: number, controller: number) => {
  const listeners = `SASL_SSL://127.0.0.1:${port},MUTUAL://127.0.0.1:${mutualPort},CONTROLLER://127.0.0.1:${controller}`;
  return {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'SASL_SSL:SASL_SSL,MUTUAL:SSL,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'MUTUAL',
    'listener.name.mutual.ssl.client.auth': 'required',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': escaped(tls.certificate),
    'ssl.keystore.key': escaped(tls.key),
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.certificates': escaped(tls.authority),
  };
};

/** A broker that speaks TLS alone: at its own port with SCRAM-SHA-512, at another with certificates of clients. */
export const tlsKafka = (options: TlsBrokerOptions): Server => {
  const { tls, user } = options;
  const credential = `SCRAM-SHA-512=[name=${user.name},password=${user.password}]`;
  return {
    ...kafka,
    native: {
      ...kafka.native,
      start: startAlone([], (port, controller) => properties(options, port, controller), ['--add-scram', credential]),
    },

    ready: (address) =>
      answers(address, {
        ssl: { ca: tls.authority },
        sasl: { mechanism: 'scram-sha-512', username: user.name, password: user.password },
      }),
  };
};
