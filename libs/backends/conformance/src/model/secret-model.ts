import type { Fence, Outcome, Tag } from '@coffer/secrets';

/** What one path should hold. `value` is `null` after a delete. */
export interface ModelSecret {
  readonly fence: Fence;
  readonly revision: number;
  readonly value: string | null;
  readonly description: string;
  readonly tags: readonly Tag[];
}

export type ModelOutcome = Outcome['outcome'] | 'not-found';

/** The contract of `Backend` as one would explain it on a blackboard: a table, and a fence that only rises. */
export class SecretModel {
  readonly secrets = new Map<string, ModelSecret>();

  live(path: string): ModelSecret | undefined {
    const secret = this.secrets.get(path);
    return secret === undefined || secret.value === null ? undefined : secret;
  }

  fenceOf(path: string): Fence | undefined {
    return this.secrets.get(path)?.fence;
  }

  /** Writes and deletes: a higher fence wins, an equal one was already here, a lower one comes too late. */
  replace(path: string, secret: Omit<ModelSecret, 'revision'>, step: 0 | 1 = 1): ModelOutcome {
    const stored = this.fenceOf(path);
    const revision = (this.secrets.get(path)?.revision ?? 0) + step;
    if (stored === undefined || stored < secret.fence) this.secrets.set(path, { ...secret, revision });
    return stored !== undefined && stored > secret.fence ? 'superseded' : 'applied';
  }

  /** Metadata alone: lateness is noticed before absence. */
  annotate(path: string, fence: Fence, change: Partial<Pick<ModelSecret, 'description' | 'tags'>>): ModelOutcome {
    const stored = this.fenceOf(path);
    if (stored !== undefined && stored > fence) return 'superseded';
    const live = this.live(path);
    if (live === undefined) return 'not-found';
    return this.replace(path, { ...live, ...change, fence }, 0);
  }
}
