import type { Backend } from '@coffer/backend-contract';
import { openVaultBackend, type VaultLogin } from '@coffer/backend-vault-kv2';
import type { VaultStore } from '@coffer/config';
import { CofferError } from '@coffer/secrets';

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

/** Throws `configuration`. */
export const openVault = async (store: VaultStore): Promise<Backend> => {
  const { address, namespace, connectTimeout, readTimeout, rootEngine, secretPathPrefix } = store;
  return openVaultBackend({
    connection: {
      address,
      login: loginOf(store),
      connectTimeout,
      readTimeout,
      ...(namespace === undefined ? {} : { namespace }),
    },
    rootEngine,
    prefix: secretPathPrefix,
  });
};
