import { unrefused, type ApplyOptions, type StoreMutation } from '@coffer/backend-contract';
import {
  applyPatch,
  type Fence,
  type Mutation,
  type Outcome,
  type SecretMetadata,
  type SecretPath,
  type Tag,
} from '@coffer/secrets';
import { TAGS } from './capabilities.js';
import { failure } from './errors.js';
import { identityTags, nameOf } from './layout.js';
import type { SecretListing } from './listing.js';
import { duplicatesError, type SecretLocator } from './locator.js';
import { fenceOfState, hasIdentity, isLive, revisionOfState, type SecretState } from './secret-state.js';
import { isVendorError, type SecretsApi } from './client.js';
import { brokenTagRule, descriptionOf, isForeign, metadataOf, REMOVED, tagChanges } from './user-tags.js';
import { versionIdOf, type OwnVersion, type VersionKind } from './version-id.js';
import type { Advance, NewContent, VersionWriter } from './version-writer.js';

/** Content of a version that says that there is no value; what makes it one is its id. */
const TOMBSTONE = { text: '{"coffer":"deleted"}', bytes: undefined };
const NO_METADATA: SecretMetadata = { tags: [] };
/** Key of a tag that no secret has: UntagResource passes over keys that are not there. */
const NO_TAG = 'coffer-none';
/** Rounds of finding a secret and finding it gone, or come, when it is to be changed. */
const MAX_ATTEMPTS = 5;

/** Throws `invalid`. The facade asks the same before anything is queued. */
const assertUserTags = (tags: readonly Tag[]): void => {
  for (const tag of tags) {
    const rule = brokenTagRule(tag);
    if (rule !== undefined) throw failure('invalid', rule);
  }
};

/** Where a path's secret is: under our own name, or made outside under another one. */
interface Place {
  readonly name: string;
  /** What lies under our own name, live or not. */
  readonly own: SecretState | undefined;
  /** The live secret of the path. */
  readonly live: SecretState | undefined;
}

/** What takes the place of a path's secret. */
interface Replacement {
  readonly fence: Fence;
  readonly kind: VersionKind;
  readonly content: NewContent & { readonly text: string };
  readonly metadata: SecretMetadata;
  /** What lies under our own name, where that is known. */
  readonly own?: SecretState | undefined;
  /** A secret of the path under another name, which is gone. */
  readonly replaced?: SecretState;
}

/** One more than what is replaced, and than what lies beside it. */
const next =
  (...others: readonly (SecretState | undefined)[]) =>
  (before: number): number =>
    Math.max(before, ...others.map((state) => (state === undefined ? 0 : revisionOfState(state)))) + 1;

const appliedAs = (state: SecretState, metadata: SecretMetadata): Outcome => ({
  outcome: 'applied',
  version: state.current ?? '',
  revision: revisionOfState(state),
  metadata,
});

/** Writes, annotates and deletes; one call at a time for a path. */
export class SecretWriter {
  #untagDenied = false;

  constructor(
    private readonly api: SecretsApi,
    private readonly search: SecretLocator,
    private readonly versions: VersionWriter,
    private readonly listing: SecretListing,
    private readonly prefix: string,
  ) {}

  apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    switch (mutation.kind) {
      case 'put':
        return this.#put(mutation, options);
      case 'patch':
        return this.#patch(mutation, options);
      case 'delete':
        return this.#delete(mutation, options);
    }
  }

  async #put({ path, value, metadata }: Mutation<'put'>, { fence, signal }: ApplyOptions): Promise<Outcome> {
    assertUserTags(metadata.tags);
    const content = { text: value.reveal(), bytes: undefined };
    const advance = await this.#replace(path, { fence, kind: 'value', content, metadata }, signal);
    if (advance.outcome === 'superseded') return advance;
    await unrefused(this.#describe(advance.state, metadata, signal));
    return appliedAs(advance.state, metadata);
  }

  async #patch({ path, metadata: patch }: Mutation<'patch'>, { fence, signal }: ApplyOptions): Promise<Outcome> {
    assertUserTags(patch.tags ?? []);
    const { own, live } = await this.#find(path, signal);
    const ahead = own !== undefined && fenceOfState(own) > fence ? fenceOfState(own) : undefined;
    if (ahead !== undefined) return { outcome: 'superseded', storedFence: ahead };
    if (live === undefined) throw failure('not-found', 'there is no such secret');
    if (patch.tags !== undefined) await this.#makeRoom(live, patch.tags, fence, signal);
    const content = (): Promise<NewContent> => this.#present(live.name, signal);
    const revision = (before: number): number => before;
    const advance = await this.versions.advance(live, { fence, kind: 'value', revision, content }, signal);
    if (advance.outcome === 'superseded') return advance;
    const metadata = applyPatch(metadataOf(advance.state), patch);
    await unrefused(this.#describe(advance.state, metadata, signal));
    return appliedAs(advance.state, metadata);
  }

  async #delete({ path }: Mutation<'delete'>, { fence, signal }: ApplyOptions): Promise<Outcome> {
    const { own, live, name } = await this.#find(path, signal);
    if (own !== undefined && fenceOfState(own) > fence) {
      return { outcome: 'superseded', storedFence: fenceOfState(own) };
    }
    const tombstone = { fence, kind: 'tombstone', content: TOMBSTONE, metadata: NO_METADATA, own } as const;
    if (live === undefined || live.name === name) return this.#putTombstone(path, tombstone, signal);
    const change = {
      fence,
      kind: 'tombstone',
      revision: next(own),
      content: () => Promise.resolve(TOMBSTONE),
    } as const;
    const advance = await this.versions.advance(live, change, signal);
    if (advance.outcome === 'superseded') return advance;
    await unrefused(this.#schedule(advance.state, signal));
    return unrefused(this.#putTombstone(path, { ...tombstone, replaced: live }, signal));
  }

  /** Our own name keeps fence and revision, also of a secret that was made under another one. */
  async #putTombstone(path: SecretPath, tombstone: Replacement, signal: AbortSignal): Promise<Outcome> {
    const advance = await this.#replace(path, tombstone, signal);
    if (advance.outcome === 'superseded') return advance;
    await unrefused(this.#schedule(advance.state, signal));
    return appliedAs(advance.state, NO_METADATA);
  }

  /** A version in the path's secret, which is made where there is none. */
  async #replace(
    path: SecretPath,
    { fence, kind, content, metadata, replaced, own: given }: Replacement,
    signal: AbortSignal,
  ): Promise<Advance> {
    let known = given;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const { name, own, live } =
        kind === 'value' ? await this.#find(path, signal) : await this.#own(path, signal, known);
      if (own !== undefined && fenceOfState(own) > fence) {
        return { outcome: 'superseded', storedFence: fenceOfState(own) };
      }
      const target = live ?? own;
      if (target !== undefined) {
        await this.#makeRoom(target, metadata.tags, fence, signal);
        const revision = next(own, replaced);
        return this.versions.advance(
          target,
          { fence, kind, revision, content: () => Promise.resolve(content) },
          signal,
        );
      }
      const version = { fence, kind, revision: next(replaced)(0) };
      const made = await this.#create(name, path, version, content.text, metadata, signal);
      if (made !== undefined) return { outcome: 'applied', state: made };
      known = undefined;
    }
    throw failure('conflict', 'the secret comes and goes while it is written');
  }

  /** `undefined` where there is one of that name by now that does not carry the fence. */
  async #create(
    name: string,
    path: SecretPath,
    version: OwnVersion,
    text: string,
    metadata: SecretMetadata,
    signal: AbortSignal,
  ): Promise<SecretState | undefined> {
    await this.versions.settle(signal);
    const user = metadata.tags.map(({ key, value }) => ({ Key: key, Value: value }));
    const tags = [...identityTags({ prefix: this.prefix, path }), ...user];
    const description = descriptionOf(metadata);
    const versionId = versionIdOf(version);
    try {
      const made = await this.api.create({ name, versionId, text, description, tags }, signal);
      // AWS takes the token for the version's id; a service that gives another has lost the fence.
      if (made !== versionId) return undefined;
    } catch (error) {
      if (isVendorError(error, 'ResourceExistsException', 'InvalidRequestException')) return undefined;
      throw error;
    }
    return {
      name,
      identity: { prefix: this.prefix, path },
      Description: description,
      Tags: tags,
      deleted: false,
      current: versionId,
      own: version,
      previous: undefined,
    };
  }

  async #own(path: SecretPath, signal: AbortSignal, known?: SecretState): Promise<Place> {
    const name = nameOf(this.prefix, path);
    const own = known ?? (await this.api.describe(name, signal));
    if (own !== undefined && !hasIdentity(own, { prefix: this.prefix, path })) {
      throw failure('conflict', `a secret of the name ${name} exists and carries other tags than Coffer's`);
    }
    return { name, own, live: own !== undefined && isLive(own) ? own : undefined };
  }

  /** Throws `conflict` for several live secrets of the path, and for a strange one under our own name. */
  async #find(path: SecretPath, signal: AbortSignal): Promise<Place> {
    const place = await this.#own(path, signal);
    if (place.live !== undefined && !this.listing.isAmbiguous(path)) return place;
    const others = await this.search.byIdentity({ prefix: this.prefix, path }, place.name, signal);
    const all = place.live === undefined ? others : [place.live, ...others];
    if (all.length > 1) throw duplicatesError(all);
    this.listing.settle(path);
    return { ...place, live: all[0] };
  }

  async #present(name: string, signal: AbortSignal): Promise<NewContent> {
    const content = await this.api.content(name, signal);
    if (content === undefined) throw failure('not-found', 'there is no such secret');
    return content;
  }

  /**
   * Throws `too-large`, while nothing is changed yet, where tags that were removed and could not be taken away leave no
   * room for new ones. Where they can be by now, they go.
   */
  async #makeRoom(state: SecretState, tags: readonly Tag[], fence: Fence, signal: AbortSignal): Promise<void> {
    const wanted = new Set(tags.map(({ key }) => key));
    const present = state.Tags.map(({ Key = '', Value = '' }) => ({ key: Key, value: Value }));
    const others = present.filter(({ key }) => !isForeign(key) && !wanted.has(key));
    if (fenceOfState(state) === fence || others.length + wanted.size <= TAGS) return;
    const markers = others.flatMap(({ key, value }) => (value === REMOVED ? [key] : []));
    if (await this.#untag(state.name, [NO_TAG, ...markers], signal)) return;
    const rule = `a secret may have ${TAGS} tags, and without UntagResource those that were removed still count`;
    throw failure('too-large', rule);
  }

  /** Brings description and tags up to date; a replay does it again. */
  async #describe(state: SecretState, metadata: SecretMetadata, signal: AbortSignal): Promise<void> {
    const { put, remove } = tagChanges(state.Tags, metadata);
    const marked = remove.length > 0 && !(await this.#untag(state.name, remove, signal));
    const marks = marked ? remove.map((Key) => ({ Key, Value: REMOVED })) : [];
    if (put.length + marks.length > 0) await this.api.tag(state.name, [...put, ...marks], signal);
    const description = metadata.description ?? '';
    if ((metadataOf(state).description ?? '') !== description) {
      await this.api.describeAs(state.name, descriptionOf(metadata), signal);
    }
  }

  /** False where it is not allowed, which is then remembered. */
  async #untag(name: string, keys: readonly string[], signal: AbortSignal): Promise<boolean> {
    if (this.#untagDenied) return false;
    try {
      await this.api.untag(name, keys, signal);
      return true;
    } catch (error) {
      if (!isVendorError(error, 'AccessDeniedException')) throw error;
      this.#untagDenied = true;
      return false;
    }
  }

  async #schedule(state: SecretState, signal: AbortSignal): Promise<void> {
    if (state.deleted) return;
    try {
      await this.api.delete(state.name, signal);
    } catch (error) {
      if (!isVendorError(error, 'InvalidRequestException', 'ResourceNotFoundException')) throw error;
      const now = await this.api.describe(state.name, signal);
      if (now !== undefined && !now.deleted) throw error;
    }
  }
}
