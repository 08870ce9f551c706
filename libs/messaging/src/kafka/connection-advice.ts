import { tlsAdvice } from '@coffer/secrets';

const SETTINGS = {
  authority: 'ssl.truststore.location',
  address: 'bootstrap.servers, and advertised.listeners of the broker',
  certificate: 'ssl.keystore.location',
};

const REFUSED_LOGIN = 'KafkaJSSASLAuthenticationError';

/** How deep the client wraps what a connection failed of. */
const MAX_DEPTH = 8;

/** What would mend a failed connection, by the names of Kafka's properties; `undefined` where nobody knows. */
export const connectionAdvice = (error: unknown): string | undefined => {
  let at: unknown = error;
  for (let depth = 0; depth < MAX_DEPTH && at instanceof Error; depth += 1) {
    const { name, code, cause } = at as Error & { readonly code?: unknown };
    if (name === REFUSED_LOGIN) return 'the broker refuses the login: see sasl.mechanism and sasl.jaas.config';
    const advice = tlsAdvice(code, SETTINGS);
    if (advice !== undefined) return advice;
    at = cause;
  }
  return undefined;
};
