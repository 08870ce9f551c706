import { cacheStatus, type ResolvedSecret, type Served } from '@coffer/reads';
import { CofferError, type SecretPath } from '@coffer/secrets';

/** Without a cache every answer comes from the store (RFC 9211). */
export const UNCACHED: Served = { source: 'store', forward: 'bypass' };

export const headersOf = (served: Served) => ({ 'cache-control': 'no-store', 'cache-status': cacheStatus(served) });

export const bodyOf = ({ path, value, version }: ResolvedSecret) => ({
  key: path.key,
  namespace: path.namespace,
  value: value.reveal(),
  version,
});

/** Before anything is asked, so that a forbidden secret looks the same whether it exists or not. */
export const mustBeVisible = (
  visible: (namespace: string) => boolean,
  { tenant, namespace }: Pick<SecretPath, 'tenant' | 'namespace'>,
): void => {
  if (visible(namespace)) return;
  throw new CofferError(
    'forbidden',
    `this needs the permission 'resolve' in namespace '${namespace}' of tenant '${tenant}'`,
  );
};
