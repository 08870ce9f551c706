import { setTimeout as delay } from 'node:timers/promises';
import type { ConditionalWrites } from '@coffer/backend-contract';
import type { Fence } from '@coffer/secrets';
import { failure } from './errors.js';
import { fenceOfState, revisionOfState, type SecretState } from './secret-state.js';
import { isVendorError, type Content, type SecretsApi } from './client.js';
import { versionIdOf, type VersionKind } from './version-id.js';

/** Carries a version until it becomes the current one; the secret has it once at most. */
const PENDING = 'COFFERPENDING';
const CURRENT = 'AWSCURRENT';
/** Rounds of looking and writing before giving way to whoever else writes all the time. */
const MAX_ATTEMPTS = 12;
/**
 * Milliseconds between looks for a version that was just put: reads are eventually consistent, so the first may not show
 * it yet, and to put another at once would make a version for each stale look.
 */
const POLL_INTERVALS_MS = [50, 100, 200, 400];

export type NewContent = Pick<Content, 'text' | 'bytes'>;

export interface Change {
  readonly fence: Fence;
  readonly kind: VersionKind;
  /** The revision that it makes of the one that is to be replaced. */
  revision(before: number): number;
  /** Asked again in each round, with the version that is to be replaced. */
  content(current: string | undefined): Promise<NewContent>;
}

export type Advance =
  | { readonly outcome: 'applied'; readonly state: SecretState }
  | { readonly outcome: 'superseded'; readonly storedFence: Fence };

/** `spent`: the version's id stands for something else, or for a version that cannot become current. */
type Effect = 'moved' | 'unknown' | 'spent';

const isDenied = (error: unknown): boolean => isVendorError(error, 'AccessDeniedException');

/**
 * Makes versions current under their fences.
 *
 * `atomic`, where `UpdateSecretVersionStage` is allowed: the version is put under a label of its own, then AWSCURRENT is
 * moved to it from the version that was seen, which the service refuses when another is current by now.
 *
 * `checked`: the fence is looked at, the version put as the current one, and looked at again. Whoever finds that it has
 * replaced a higher fence puts that one back.
 */
export class VersionWriter {
  #mode: ConditionalWrites | undefined;
  #probing: Promise<void> | undefined;

  constructor(
    private readonly api: Pick<SecretsApi, 'describe' | 'makeCurrent' | 'put' | 'restore' | 'version'>,
    /** A name that no secret has, below the prefix, so that policies which name it apply. */
    private readonly unusedName: string,
  ) {}

  /** `checked` until it is known to be more. */
  get mode(): ConditionalWrites {
    return this.#mode ?? 'checked';
  }

  /** Finds out which mode it is, once, by moving a label of a secret that does not exist. */
  async settle(signal: AbortSignal): Promise<void> {
    if (this.#mode !== undefined) return;
    this.#probing ??= this.#probe(signal).finally(() => (this.#probing = undefined));
    await this.#probing;
  }

  /** Makes the change current, unless the fence that is stored is not below it. Equal: applied already. */
  async advance(seen: SecretState, change: Change, signal: AbortSignal): Promise<Advance> {
    await this.settle(signal);
    let state = seen;
    let attempt = 0;
    for (let round = 0; round < MAX_ATTEMPTS; round += 1) {
      const stored = fenceOfState(state);
      if (stored === change.fence && stored > 0n) return this.#settled(state, change, signal);
      if (stored > change.fence) return { outcome: 'superseded', storedFence: stored };
      if (state.deleted) await this.api.restore(state.name, signal);
      const content = await change.content(state.current);
      const { fence, kind } = change;
      const own = { fence, kind, revision: change.revision(revisionOfState(state)) };
      const versionId = versionIdOf(own, attempt);
      const effect = await this.#write(state, versionId, content, signal);
      if (effect === 'moved') {
        return { outcome: 'applied', state: { ...state, deleted: false, current: versionId, own } };
      }
      const now = await this.#pollState(state, effect, signal);
      // The id belongs to a version that is there and not current; putting it again has no effect.
      if (effect === 'spent' || (this.mode !== 'atomic' && now.current === state.current)) attempt += 1;
      state = now;
    }
    throw failure('conflict', 'others write the secret all the time');
  }

  /** How the secret stands after a version was put, given time to show it. */
  async #pollState(before: SecretState, effect: Effect, signal: AbortSignal): Promise<SecretState> {
    const unseen = ({ current, deleted }: SecretState): boolean =>
      this.mode !== 'atomic' && effect === 'unknown' && !deleted && current === before.current;
    for (let look = 0; ; look += 1) {
      const now = await this.api.describe(before.name, signal);
      if (now === undefined) throw failure('conflict', 'the secret was removed while it was written');
      const pause = POLL_INTERVALS_MS[look];
      if (pause === undefined || !unseen(now)) return now;
      await delay(pause, undefined, { signal }).catch(() => {
        throw failure('timeout', 'the service did not show the new version in time');
      });
    }
  }

  /** Ours is current. A higher fence that it has replaced, between looking and writing, goes back to its place. */
  async #settled(state: SecretState, { fence }: Change, signal: AbortSignal): Promise<Advance> {
    const { own, previous } = state;
    if (own === undefined || previous === undefined || previous.fence <= fence) return { outcome: 'applied', state };
    const content = await this.api.version(state.name, previous.id, signal);
    for (let attempt = 1; content !== undefined && attempt < MAX_ATTEMPTS; attempt += 1) {
      await this.#write(state, versionIdOf(previous, attempt), content, signal);
      const now = await this.api.describe(state.name, signal);
      if (now === undefined || fenceOfState(now) >= previous.fence) break;
    }
    return { outcome: 'superseded', storedFence: previous.fence };
  }

  async #write(state: SecretState, versionId: string, content: NewContent, signal: AbortSignal): Promise<Effect> {
    const atomic = this.mode === 'atomic';
    let put = false;
    try {
      await this.api.put(state.name, versionId, content, signal, atomic ? PENDING : CURRENT);
      if (!atomic) return 'unknown';
      put = true;
      await this.api.makeCurrent(state.name, versionId, state.current, signal);
      return 'moved';
    } catch (error) {
      // Another version is current by now, or the secret is marked for deletion: the next round sees that.
      if (isVendorError(error, 'InvalidParameterException', 'InvalidRequestException')) return 'unknown';
      // Allowed elsewhere, but not for this secret.
      if (put && isDenied(error)) this.#mode = 'checked';
      else if (!isVendorError(error, 'ResourceExistsException', 'ResourceNotFoundException')) throw error;
      return 'spent';
    }
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const nobody = versionIdOf({ fence: (1n << 48n) as Fence, kind: 'value', revision: 1 });
    try {
      await this.api.makeCurrent(this.unusedName, nobody, undefined, signal);
      this.#mode = 'atomic';
    } catch (error) {
      if (isDenied(error)) this.#mode = 'checked';
      else if (isVendorError(error, 'ResourceNotFoundException')) this.#mode = 'atomic';
      else if (isVendorError(error, 'InvalidParameterException', 'InvalidRequestException')) this.#mode = 'checked';
      else throw error;
    }
  }
}
