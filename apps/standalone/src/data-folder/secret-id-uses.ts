import type { UseCounter } from '@coffer/access';
import type { StateDatabase } from './state-database.js';

const PREFIX = 'secret-id-uses ';

/** The uses of secret ids in the database of a data folder, which one process at a time holds. */
export class SecretIdUses implements UseCounter {
  constructor(private readonly state: StateDatabase) {}

  take(secretId: string, limit: number): boolean {
    const name = `${PREFIX}${secretId}`;
    const used = Number(this.state.get(name) ?? 0);
    if (used >= limit) return false;
    this.state.set(name, String(used + 1));
    return true;
  }

  retain(secretIds: ReadonlySet<string>): void {
    for (const name of this.state.names(PREFIX)) {
      if (!secretIds.has(name.slice(PREFIX.length))) this.state.delete(name);
    }
  }
}
