import { answers, kafka, startAlone } from './kafka.ts';
import type { Server } from './lifecycle.ts';

/** Who may log in to a broker of one's own by SASL/PLAIN, by name: `admin` may do everything, everybody else what ACLs say. */
export type Passwords = Readonly<Record<string, string>> & { readonly admin: string };

/** What a client needs beside the broker's address. */
export const saslOf = (username: string, password: string) => ({ mechanism: 'plain' as const, username, password });

/** The controller's port is for the broker itself; its principal has no name. */
const properties = (passwords: Passwords, port: number, controller: number) => {
  const users = Object.entries(passwords).map(([name, password]) => `user_${name}="${password}"`);
  const listeners = `SASL_PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controller}`;
  return {
    listeners,
    'advertised.listeners': listeners,
    'listener.security.protocol.map': 'SASL_PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'SASL_PLAINTEXT',
    'sasl.enabled.mechanisms': 'PLAIN',
    'sasl.mechanism.inter.broker.protocol': 'PLAIN',
    'listener.name.sasl_plaintext.plain.sasl.jaas.config': [
      'org.apache.kafka.common.security.plain.PlainLoginModule required',
      `username="admin" password="${passwords.admin}" ${users.join(' ')};`,
    ].join(' '),
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:admin;User:ANONYMOUS',
    'allow.everyone.if.no.acl.found': false,
  };
};

/** A broker with Kafka's own authoriser, which lets nobody in without a password. */
export const authorizedKafka = (passwords: Passwords): Server => ({
  ...kafka,
  native: { ...kafka.native, start: startAlone([], (port, controller) => properties(passwords, port, controller)) },

  ready: (address) => answers(address, { sasl: saslOf('admin', passwords.admin) }),
});
