import { refuse } from './status.ts';

/** A bucket that holds what may be done in one second. `now`: milliseconds. */
const bucketOf = (perSecond: number, now: () => number) => ({ left: perSecond, at: now(), perSecond });

/**
 * The rates of https://cloud.google.com/secret-manager/quotas for a secret: 2 AddSecretVersion and UpdateSecret a second
 * on one secret, 1 EnableSecretVersion, DisableSecretVersion and DestroySecretVersion a second on one version. The page
 * calls them "soft-enforced", which "allows us to continue serving requests beyond their quota", so a project enforces
 * them only once `enforced` is set.
 */
export class RateLimits {
  readonly now: () => number;
  enforced = false;
  #buckets: Map<string, ReturnType<typeof bucketOf>> = new Map();

  /** `now`: milliseconds. */
  constructor(now: () => number) {
    this.now = now;
  }

  /** `name`: of a secret or a version. */
  spend(name: string, perSecond: number) {
    if (!this.enforced) return;
    const bucket = this.#buckets.get(name) ?? bucketOf(perSecond, this.now);
    const at = this.now();
    bucket.left = Math.min(perSecond, bucket.left + ((at - bucket.at) / 1000) * perSecond);
    bucket.at = at;
    this.#buckets.set(name, bucket);
    if (bucket.left < 1) refuse('RESOURCE_EXHAUSTED', 'Quota exceeded for the resource.');
    bucket.left -= 1;
  }
}
