import type { AuditedSecret } from '../http/audit/audited.js';
import { lacksPermission } from '../http/endpoint/authorize.js';
import { entityTagOf } from '../http/request/entity-tags.js';
import { cacheStatusHeader, type CacheStatus, type ResolvedSecret } from '@coffer/reads';
import type { SecretPath } from '@coffer/secrets';

export const headersOf = (status: CacheStatus) => ({
  'cache-control': 'no-store',
  'cache-status': cacheStatusHeader(status),
});

/** The entity tag of what was found for a secret of this namespace. */
export const etagOf = ({ path, version }: ResolvedSecret, asked: string): string =>
  path.namespace === asked ? entityTagOf(version) : entityTagOf(version, path.namespace);

/** When the version was written, as answers say it; absent where that is not known. */
export const changedOf = ({ changed }: Pick<ResolvedSecret, 'changed'>): { readonly changed?: string } =>
  changed === undefined ? {} : { changed: new Date(changed).toISOString() };

export const bodyOf = ({ path, value, version, changed }: ResolvedSecret) => ({
  key: path.key,
  namespace: path.namespace,
  value: value.reveal(),
  version,
  ...changedOf({ changed }),
});

/** What the record of a value that is given out says beside the call. */
export const auditedOf = ({ path, value, version }: ResolvedSecret): AuditedSecret => ({
  foundIn: path.namespace,
  version,
  value,
});

/** Before anything is asked, so that a forbidden secret looks the same whether it exists or not. */
export const mustBeVisible = (
  visible: (namespace: string) => boolean,
  { tenant, namespace }: Pick<SecretPath, 'tenant' | 'namespace'>,
): void => {
  if (visible(namespace)) return;
  throw lacksPermission('resolve', { tenant, namespace });
};
