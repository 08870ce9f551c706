import type { Tag as AwsTag } from '@aws-sdk/client-secrets-manager';
import type { Fence } from '@coffer/secrets';
import { identityOf, type Identity } from './layout.js';
import { ownVersionOf, type OwnVersion } from './version-id.js';

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/** What DescribeSecret and ListSecrets tell of a secret. */
export interface RawSecret {
  readonly Name?: string | undefined;
  readonly Description?: string | undefined;
  readonly Tags?: readonly AwsTag[] | undefined;
  readonly DeletedDate?: Date | undefined;
  readonly VersionIdsToStages?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly SecretVersionsToStages?: Readonly<Record<string, readonly string[]>> | undefined;
}

/** A secret as it stands in the store, its value apart. */
export interface SecretState {
  readonly name: string;
  readonly identity: Identity | undefined;
  readonly Description: string | undefined;
  readonly Tags: readonly AwsTag[];
  /** Scheduled for deletion. */
  readonly deleted: boolean;
  /** Id of the version with the label AWSCURRENT. */
  readonly current: string | undefined;
  /** Who wrote that version, where it was Coffer. */
  readonly own: OwnVersion | undefined;
  /** Coffer's version with the label AWSPREVIOUS: what the current one replaced. */
  readonly previous: (OwnVersion & { readonly id: string }) | undefined;
}

export const stateOf = (raw: RawSecret): SecretState => {
  const stages = Object.entries(raw.VersionIdsToStages ?? raw.SecretVersionsToStages ?? {});
  const labelled = (label: string): string | undefined => stages.find(([, labels]) => labels.includes(label))?.[0];
  const current = labelled(CURRENT);
  const before = labelled(PREVIOUS);
  const previous = ownVersionOf(before);
  return {
    name: raw.Name ?? '',
    identity: identityOf(raw.Tags),
    Description: raw.Description,
    Tags: raw.Tags ?? [],
    deleted: raw.DeletedDate !== undefined,
    current,
    own: ownVersionOf(current),
    previous: previous === undefined || before === undefined ? undefined : { ...previous, id: before },
  };
};

/** Whether the secret has a value that callers may see: neither deleted, nor a tombstone, nor without any version. */
export const isLive = (state: SecretState): boolean =>
  !state.deleted && state.current !== undefined && state.own?.kind !== 'tombstone';

/**
 * The fence of the last write by Coffer that can still be seen, 0 where there is none: a version that was made outside has
 * no fence, but what it replaced may have one.
 */
export const fenceOfState = ({ own, previous }: SecretState): Fence => own?.fence ?? previous?.fence ?? (0n as Fence);

/**
 * Puts and deletes of the secret so far; 0 where it has no version. What was made outside counts as one more than what it
 * replaced, where that can still be seen, and else as the first.
 */
export const revisionOfState = ({ own, previous, current }: SecretState): number => {
  if (own !== undefined) return own.revision;
  return current === undefined ? (previous?.revision ?? 0) : (previous?.revision ?? 0) + 1;
};

export const hasIdentity = ({ identity }: SecretState, wanted: Identity): boolean =>
  identity !== undefined && identity.prefix === wanted.prefix && identity.path.equals(wanted.path);
