import type { VaultStore } from '@coffer/config';
import { CofferError } from '@coffer/secrets';
import type { VaultLogin } from './connection.js';
import type { VaultBackendOptions } from './open.js';

/** The configuration has made sure that there is exactly one. */
const loginOf = ({ password, token, appRole, kubernetes, role }: VaultStore): VaultLogin => {
  if (password !== undefined) return { method: 'userpass', ...password };
  if (token !== undefined) return { method: 'token', token: token.token };
  if (appRole !== undefined) return { method: 'approle', ...appRole };
  const kubernetesRole = kubernetes?.role ?? role;
  if (kubernetes !== undefined && kubernetesRole !== undefined) {
    return { method: 'kubernetes', path: kubernetes.path, role: kubernetesRole };
  }
  throw new CofferError('configuration', 'the vault store needs one of password, token, appRole, kubernetes');
};

/** What the configuration says, as the adapter takes it. Throws `configuration`. */
export const optionsOf = (store: VaultStore): VaultBackendOptions => {
  const { address, namespace, tls, connectTimeout, readTimeout, rootEngine, secretPathPrefix } = store;
  return {
    connection: {
      address,
      login: loginOf(store),
      connectTimeoutMs: connectTimeout,
      readTimeoutMs: readTimeout,
      ...tls,
      ...(namespace === undefined ? {} : { namespace }),
    },
    rootEngine,
    prefix: secretPathPrefix,
  };
};
