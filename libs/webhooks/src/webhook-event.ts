import { CloudEvent, HTTP } from 'cloudevents';
import type { WebhookConfiguration } from '@coffer/config';
import type { CommitEntry, MessageSealer } from '@coffer/messaging';
import { isWithinNamespace, SecretPath } from '@coffer/secrets';

/** An event as it is posted. */
export interface WebhookEvent {
  /** The same for every delivery of one event, and for no other. */
  readonly id: string;
  readonly path?: string;
  /** CloudEvents 1.0 in structured mode. */
  readonly body: string;
}

export type WebhookFilter = Pick<WebhookConfiguration, 'tenant' | 'namespace' | 'children' | 'types'>;

/** Whether a webhook tells of secrets at a path, whatever becomes of them. */
export const isWatched = ({ tenant, namespace, children }: WebhookFilter, path: SecretPath): boolean =>
  (tenant === '*' || tenant === path.tenant) &&
  (namespace === '*' || namespace === path.namespace || (children && isWithinNamespace(path.namespace, namespace)));

/** Digits of a fence, so that texts compare as the numbers do. */
const FENCE_DIGITS = 19;

const bodyOf = (fields: ConstructorParameters<typeof CloudEvent>[0]): string =>
  String(HTTP.structured(new CloudEvent(fields)).body);

interface EventOptions {
  readonly sealer: Pick<MessageSealer, 'openOutcome'>;
  /** What a `source` begins with: the public address, or nothing. */
  readonly publicUrl?: string | undefined;
}

const outcomeOf = ({ record }: CommitEntry, path: SecretPath, { sealer }: EventOptions): object => {
  const { kind, operation, sealed } = record;
  if (kind === 'delete' || kind === 'drop' || sealed.length === 0) return {};
  try {
    const { version, revision } = sealer.openOutcome(path, operation, sealed);
    return { version, revision };
  } catch {
    return {};
  }
};

/**
 * The event that a webhook posts for a write; `undefined` where it posts none. Cache drops are posted to nobody: no secret
 * changed.
 */
export const eventOfCommit = (
  entry: CommitEntry,
  filter: WebhookFilter,
  options: EventOptions,
): WebhookEvent | undefined => {
  const { record, timestamp } = entry;
  const path = SecretPath.tryParse(record.path);
  if (path === undefined || record.kind === 'drop' || record.outcome !== 'applied' || !isWatched(filter, path)) {
    return undefined;
  }
  const type = record.kind === 'delete' ? 'delete' : 'change';
  if (!filter.types.includes(type)) return undefined;
  const { tenant, namespace, key } = path;
  const id = `${record.fence}-${record.partition}`;
  const body = bodyOf({
    id,
    source: `${options.publicUrl ?? ''}/coffer/v1/${tenant}`,
    type: `io.coffer.secret.${type}`,
    subject: `${namespace}/${key}`,
    time: new Date(timestamp).toISOString(),
    sequence: String(record.fence).padStart(FENCE_DIGITS, '0'),
    datacontenttype: 'application/json',
    data: { tenant, namespace, key, operation: record.operation, ...outcomeOf(entry, path, options) },
  });
  return { id, path: record.path, body };
};

/** Says that events were lost, so that whoever keeps copies fetches everything anew. */
export const resyncEvent = (
  id: string,
  { tenant, namespace }: WebhookFilter,
  { publicUrl, time }: { readonly publicUrl?: string | undefined; readonly time: number },
): WebhookEvent => ({
  id,
  body: bodyOf({
    id,
    source: `${publicUrl ?? ''}/coffer/v1/${tenant}`,
    type: 'io.coffer.resync',
    time: new Date(time).toISOString(),
    datacontenttype: 'application/json',
    data: { tenant, namespace, reason: 'expired' },
  }),
});
