import { unrefused, type ApplyOptions, type CallOptions, type StoreMutation } from '@coffer/backend-contract';
import {
  applyPatch,
  type Fence,
  type MetadataPatch,
  type Outcome,
  type SecretMetadata,
  type SecretPath,
} from '@coffer/secrets';
import { Failure, storeError } from './errors.js';
import { identityAnnotations, identityLabels, secretIdOf } from './identity.js';
import {
  TOMBSTONE_LABELS,
  aliasesWith,
  describedBy,
  emptyAnnotations,
  livingLabels,
  stateOf,
  tombstoneAnnotations,
  writtenAnnotations,
  type Content,
  type Mark,
  type Resource,
  type SecretState,
} from './layout.js';
import type { SecretsApi } from './client.js';
import type { SecretLocator, SecretLocations } from './locator.js';

/**
 * Attempts of one call. Each that is lost was won by another writer, and the highest fence loses at most once to each
 * other one.
 */
const MAX_ATTEMPTS = 24;
/** What is looked at for versions that are to be destroyed: each write destroys what came before it. */
const NEWEST = 50;

/** A version that was added for a write, and that no annotations name yet. */
interface Added {
  readonly secret: Resource;
  readonly number: number;
}

/** Versions that wait for their write to be repeated, at most; one that is forgotten is destroyed by the next write. */
const MAX_WAITING_VERSIONS = 1_000;

const NO_METADATA: SecretMetadata = { tags: [] };

const applied = (state: SecretState): Outcome => ({
  outcome: 'applied',
  ...describedBy(state),
  ...(state.kind === 'tombstone' ? { metadata: NO_METADATA } : {}),
});

/** The fence of a change, and when it was accepted. */
type Accepted = Omit<ApplyOptions, 'signal'>;

/** How many puts and deletes there were, under our own name and under another. */
const revisionOf = ({ own, living }: SecretLocations): number => Math.max(own?.revision ?? 0, living?.revision ?? 0);

/** Somebody else changed, made or removed the secret since it was looked at. */
const isLost = (thrown: unknown): boolean =>
  thrown instanceof Failure && thrown.is('FAILED_PRECONDITION', 'ABORTED', 'NOT_FOUND', 'ALREADY_EXISTS');

/**
 * Changes of one secret under its fence. What counts is what the annotations name, and they change only while the
 * secret's etag is the one that was read with the fence before it: so the service itself refuses a late change.
 *
 * A version's number only rises: a writer names a version above the one that was named before, or adds another, so that
 * everything below can be destroyed without asking.
 */
export class SecretWriter {
  /**
   * By id and fence. A write that was throttled between its two calls, or whose answer was lost, is repeated
   * without adding its value again: at two calls a second the second one would never get its turn.
   */
  readonly #waiting = new Map<string, Added>();

  constructor(
    private readonly locator: SecretLocator,
    private readonly api: SecretsApi,
  ) {}

  async apply(mutation: StoreMutation, { signal, ...accepted }: ApplyOptions): Promise<Outcome> {
    const { path } = mutation;
    const call = { signal };
    switch (mutation.kind) {
      case 'put': {
        const bytes = Buffer.from(mutation.value.reveal(), 'utf8');
        return this.#put(path, bytes, mutation.metadata, accepted, call).finally(() => bytes.fill(0));
      }
      case 'patch':
        return this.#patch(path, mutation.metadata, accepted, call);
      case 'delete':
        return this.#delete(path, accepted, call);
    }
  }

  async #put(
    path: SecretPath,
    value: Uint8Array,
    metadata: SecretMetadata,
    accepted: Accepted,
    call: CallOptions,
  ): Promise<Outcome> {
    const { fence } = accepted;
    const write = `${secretIdOf(this.locator.prefix, path)} ${fence}`;
    const outcome = await this.#rounds(path, fence, call, async (found) => {
      const target = found.living ?? found.own ?? (await this.#createEmpty(path, call));
      const first = target.kind === 'outside' ? undefined : target.first;
      const mark = { ...accepted, revision: revisionOf(found) + 1 };
      const describe = (version: number): Content => ({ ...mark, version, first: first ?? version, metadata });
      // Before anything is sent, for it may not fit.
      writtenAnnotations(this.#describe(path, target), describe(Number.MAX_SAFE_INTEGER));
      const { number } = this.#reusable(write, target) ?? (await this.#add(write, target, value, call));
      const updated = await this.#name(path, target, describe(number), call);
      await this.#destroy(updated, updated.first, number - 1, call).catch(() => undefined);
      return applied(updated);
    });
    return this.#settle(write, outcome, call);
  }

  #patch(path: SecretPath, patch: MetadataPatch, accepted: Accepted, call: CallOptions): Promise<Outcome> {
    const { fence } = accepted;
    const attempt = async ({ living }: SecretLocations): Promise<Outcome> => {
      if (living === undefined) throw storeError('not-found');
      const { first, version, revision } = living;
      const metadata = applyPatch(living.metadata, patch);
      const mark = { ...accepted, revision };
      const content = { ...mark, version: living.kind === 'outside' ? undefined : version, first, metadata };
      return applied(await this.#name(path, living, content, call));
    };
    return this.#rounds(path, fence, call, attempt, (found) => found.living !== undefined && found.fence === fence);
  }

  /** A secret made outside is deleted for good, after the fence was kept under the id that Coffer gives. */
  #delete(path: SecretPath, accepted: Accepted, call: CallOptions): Promise<Outcome> {
    const { fence } = accepted;
    const settled = ({ living, own }: SecretLocations): boolean => living?.fence === fence && living.name === own?.name;
    return this.#rounds(
      path,
      fence,
      call,
      async (found) => {
        const { own, living } = found;
        const mark = { ...accepted, revision: revisionOf(found) + 1 };
        const tombstone =
          own?.kind === 'tombstone' && own.fence === fence ? own : await this.#putTombstone(path, own, mark, call);
        await this.#clear(tombstone, living, call);
        return applied(tombstone);
      },
      settled,
    );
  }

  async #rounds(
    path: SecretPath,
    fence: Fence,
    call: CallOptions,
    attempt: (found: SecretLocations) => Promise<Outcome>,
    isSettled: (found: SecretLocations) => boolean = (found) => found.fence === fence,
  ): Promise<Outcome> {
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const found = await this.locator.find(path, true, call);
      if (found.fence !== undefined && found.fence > fence) return { outcome: 'superseded', storedFence: found.fence };
      const state = found.living ?? found.own;
      if (state !== undefined && isSettled(found)) return applied(state);
      try {
        return await attempt(found);
      } catch (thrown) {
        if (!isLost(thrown)) throw thrown;
      }
    }
    throw storeError('conflict');
  }

  /** Annotations as they are to be before the content is added; of a secret of our own, always with its identity. */
  #describe(path: SecretPath, target: SecretState): Resource['annotations'] {
    if (target.kind === 'outside') return target.annotations;
    const ours =
      target.annotations['coffer-layout'] === undefined ? {} : identityAnnotations(this.locator.prefix, path);
    return { ...target.annotations, ...ours };
  }

  async #name(path: SecretPath, target: SecretState, content: Content, call: CallOptions): Promise<SecretState> {
    const annotations = writtenAnnotations(this.#describe(path, target), content);
    const ours = target.annotations['coffer-layout'] !== undefined;
    const labels = ours ? { labels: livingLabels(target.labels, identityLabels(this.locator.prefix, path)) } : {};
    const aliases = content.version === undefined ? {} : { aliases: aliasesWith(target.aliases, content.version) };
    return stateOf(await this.api.updateSecret(target, { annotations, ...labels, ...aliases }, call));
  }

  async #createEmpty(path: SecretPath, call: CallOptions): Promise<SecretState> {
    const annotations = emptyAnnotations(identityAnnotations(this.locator.prefix, path));
    return this.#create(path, { annotations, labels: TOMBSTONE_LABELS }, call);
  }

  async #create(
    path: SecretPath,
    content: Pick<Resource, 'annotations' | 'labels'>,
    call: CallOptions,
  ): Promise<SecretState> {
    const project = await this.api.service.project(call);
    const id = secretIdOf(this.locator.prefix, path);
    return stateOf(await this.api.createSecret(project, id, content, call));
  }

  /** Leaves nothing but the fence to be seen. */
  async #putTombstone(
    path: SecretPath,
    own: SecretState | undefined,
    mark: Mark,
    call: CallOptions,
  ): Promise<SecretState> {
    const identity = identityAnnotations(this.locator.prefix, path);
    const labels = TOMBSTONE_LABELS;
    if (own === undefined)
      return this.#create(path, { annotations: tombstoneAnnotations(identity, mark, 0), labels }, call);
    const [newest] = await this.api.newestVersions(own, 1, call);
    const annotations = tombstoneAnnotations(identity, mark, Math.max(own.version, newest?.number ?? 0));
    const aliases = aliasesWith(own.aliases, undefined);
    return stateOf(await this.api.updateSecret(own, { annotations, labels, aliases }, call));
  }

  /** What a tombstone leaves to be done. */
  async #clear(tombstone: SecretState, living: SecretState | undefined, call: CallOptions): Promise<void> {
    try {
      if (living !== undefined && living.name !== tombstone.name) await this.api.deleteSecret(living, call);
      await this.#destroy(tombstone, 1, tombstone.version, call);
    } catch (thrown) {
      if (isLost(thrown) || !(thrown instanceof Failure)) throw thrown;
      await unrefused(Promise.reject(thrown.error));
    }
  }

  /** Destroys what is left of the versions from `lowest` to `highest`. */
  async #destroy(secret: SecretState, lowest: number, highest: number, call: CallOptions): Promise<void> {
    if (highest < lowest) return;
    const versions = await this.api.newestVersions(secret, NEWEST, call);
    for (const { number, destroyed } of versions) {
      if (!destroyed && number >= lowest && number <= highest) await this.api.destroyVersion(secret, number, call);
    }
  }

  /** What an earlier attempt has added, where it can still be named. */
  #reusable(write: string, target: Resource & { readonly version: number }): Added | undefined {
    const added = this.#waiting.get(write);
    return added?.secret.name === target.name && added.number > target.version ? added : undefined;
  }

  async #add(write: string, secret: Resource, value: Uint8Array, call: CallOptions): Promise<Added> {
    const added = { secret, number: await this.api.addVersion(secret, value, call) };
    this.#waiting.set(write, added);
    const [oldest] = this.#waiting.keys();
    if (this.#waiting.size > MAX_WAITING_VERSIONS && oldest !== undefined) this.#waiting.delete(oldest);
    return added;
  }

  /** Destroys what was added in vain: the etag has changed with the higher fence, so no update under way can name it. */
  async #settle(write: string, outcome: Outcome, call: CallOptions): Promise<Outcome> {
    const added = this.#waiting.get(write);
    this.#waiting.delete(write);
    if (outcome.outcome === 'superseded' && added !== undefined) {
      await this.api.destroyVersion(added.secret, added.number, call).catch(() => undefined);
    }
    return outcome;
  }
}
