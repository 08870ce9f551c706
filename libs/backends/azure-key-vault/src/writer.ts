import { KeyedMutex, unrefused, type ApplyOptions, type StoreMutation } from '@coffer/backend-contract';
import { applyPatch, type Fence, type Mutation, type Outcome, type SecretPath } from '@coffer/secrets';
import { VALUE_BYTES } from './capabilities.js';
import type { VaultClient } from './client.js';
import { busyState, failure } from './errors.js';
import type { ExternalNames } from './external-names.js';
import { labelsOf, nameOf, tagsOf, tombstoneTags, describedBy } from './layout.js';
import type { Live, Location, SecretLocator } from './locator.js';

/** The vault takes no empty value; what makes a tombstone is its tag. */
const TOMBSTONE_VALUE = 'deleted';
/** Times that a write is repeated because an older one was found over it. */
const MAX_ATTEMPTS = 5;
/** How long a call waits for a name that is being deleted or recovered; below the facade's call timeout. */
const BUSY_TIMEOUT_MS = 4_000;
const FIRST_PAUSE_MS = 20;
const MAX_PAUSE_MS = 1_000;

const applied = ({ secret, labels }: Live): Outcome => ({
  outcome: 'applied',
  ...describedBy(secret, labels),
});

/** The fence of a change, and when it was accepted. */
type Accepted = Omit<ApplyOptions, 'signal'>;

const goneBy = ({ fence, changed }: Accepted, revision: number): Outcome => ({
  outcome: 'applied',
  version: fence.toString(),
  metadata: { tags: [] },
  revision,
  ...(changed === undefined ? {} : { changed }),
});

/** What is done at a location that a write may go to: its outcome, or `undefined` for another round. */
type Step = (location: Location) => Promise<Outcome | undefined>;

/**
 * Changes secrets. Every change looks at the stored fence, makes a version or changes the tags of one, and looks again: the
 * vault has no condition, so a write that the caller gave up may land later, over a newer one.
 */
export class SecretWriter {
  readonly #mutex = new KeyedMutex(() => failure('timeout', 'an earlier write of the secret was not over in time'));

  constructor(
    private readonly client: VaultClient,
    private readonly locator: SecretLocator,
    private readonly externals: ExternalNames,
    private readonly prefix: string,
  ) {}

  async apply(mutation: StoreMutation, options: ApplyOptions): Promise<Outcome> {
    switch (mutation.kind) {
      case 'put':
        return this.#write(mutation, options);
      case 'patch':
        return this.#patch(mutation, options);
      case 'delete':
        return this.#delete(mutation, options);
    }
  }

  async #write({ path, value, metadata }: Mutation<'put'>, { signal, ...accepted }: ApplyOptions): Promise<Outcome> {
    const { fence } = accepted;
    const tags = (revision: number) => tagsOf(this.prefix, path, metadata, { ...accepted, revision });
    // Before anything is sent, for they may be too many.
    tags(Number.MAX_SAFE_INTEGER);
    if (value.byteLength > VALUE_BYTES) throw failure('too-large', `a value may have at most ${VALUE_BYTES} bytes`);
    return this.#change(path, fence, signal, async (location) => {
      if (location.fence === fence)
        return location.live === undefined ? goneBy(accepted, location.revision) : applied(location.live);
      return this.#put(location, value.reveal(), tags(location.revision + 1), fence, signal);
    });
  }

  async #patch({ path, metadata }: Mutation<'patch'>, { signal, ...accepted }: ApplyOptions): Promise<Outcome> {
    const { fence } = accepted;
    return this.#change(path, fence, signal, async ({ live, ...location }) => {
      if (live === undefined) throw failure('not-found', 'there is no such secret');
      if (location.fence === fence) return applied(live);
      const mark = { ...accepted, revision: location.revision };
      const tags = tagsOf(this.prefix, path, applyPatch(live.labels.metadata, metadata), mark);
      await this.client.tag(live.secret, tags, signal);
      return this.#verify(location.name, fence, signal);
    });
  }

  /** A tombstone version first, so that what a recovery brings back is the tombstone; then the deletion. */
  async #delete({ path }: Mutation<'delete'>, { signal, ...accepted }: ApplyOptions): Promise<Outcome> {
    const own = nameOf(this.prefix, path);
    const { fence } = accepted;
    // Revision of a secret under another name, which is deleted before our own name gets its tombstone.
    let revision = 0;
    return this.#change(path, fence, signal, async (location) => {
      const { live } = location;
      if (location.fence === fence && location.state !== 'tombstone') {
        return live?.labels.fence === fence ? applied(live) : goneBy(accepted, location.revision);
      }
      revision = Math.max(revision, location.fence === fence ? location.revision : location.revision + 1);
      if (location.fence !== fence) {
        const tags = tombstoneTags(this.prefix, path, { ...accepted, revision });
        const verified = await this.#put(location, TOMBSTONE_VALUE, tags, fence, signal);
        if (verified?.outcome !== 'applied') return verified;
      }
      const deleted = await unrefused(this.client.delete(location.name, signal));
      const took = deleted && labelsOf(this.prefix, deleted.tags).fence;
      if (took !== undefined && took > fence) {
        // A newer write had landed on the tombstone.
        await this.#bringBack(location.name, signal);
        return { outcome: 'superseded', storedFence: took };
      }
      this.locator.rememberDeletion(location.name, { fence, revision });
      if (location.name === own) return goneBy(accepted, revision);
      // The fence stays where the next write looks for it: under our own name.
      this.externals.forget(path, location.name);
      return undefined;
    });
  }

  /** Looks, takes the step, and again while the name is busy or an older write was found over ours. */
  #change(path: SecretPath, fence: Fence, signal: AbortSignal, step: Step): Promise<Outcome> {
    return this.#mutex.run(nameOf(this.prefix, path), signal, async () => {
      const deadline = performance.now() + BUSY_TIMEOUT_MS;
      for (let round = 0, pause = FIRST_PAUSE_MS; round < MAX_ATTEMPTS;) {
        try {
          const location = await this.locator.find(path, signal);
          if (location.fence > fence) return { outcome: 'superseded', storedFence: location.fence as Fence };
          const outcome = await step(location);
          if (outcome !== undefined) return outcome;
          round += 1;
        } catch (error) {
          const state = busyState(error);
          if (state === undefined || performance.now() + pause > deadline) throw error;
          await this.client.pause(pause, signal);
          pause = Math.min(2 * pause, MAX_PAUSE_MS);
        }
      }
      throw failure('conflict', 'older writes were found over this one every time');
    });
  }

  /** A deleted name is recovered first; the vault then says for a moment that it is busy. */
  async #put(
    { name, state }: Location,
    value: string,
    tags: Readonly<Record<string, string>>,
    fence: Fence,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> {
    if (state === 'deleted') await this.client.recover(name, signal);
    await this.client.set(name, value, tags, signal);
    return this.#verify(name, fence, signal);
  }

  /** As soon as the deletion is complete; for as long as the caller waits. */
  async #bringBack(name: string, signal: AbortSignal): Promise<void> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, MAX_PAUSE_MS)) {
      try {
        await this.client.recover(name, signal);
        return;
      } catch (error) {
        if (busyState(error) === undefined) throw error;
        await this.client.pause(pause, signal);
      }
    }
  }

  /** `applied` where ours is the latest version, `superseded` where a newer one is; `undefined` for an older one or none. */
  async #verify(name: string, fence: Fence, signal: AbortSignal): Promise<Outcome | undefined> {
    const secret = await this.client.get(name, signal);
    if (secret === undefined) return undefined;
    const labels = labelsOf(this.prefix, secret.tags);
    if (labels.fence === fence) return applied({ secret, labels });
    return labels.fence !== undefined && labels.fence > fence
      ? { outcome: 'superseded', storedFence: labels.fence }
      : undefined;
  }
}
